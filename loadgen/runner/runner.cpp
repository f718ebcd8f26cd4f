#include "loadgen/runner/runner.hpp"

#include <ctime>

#include "loadgen/client/conductor.hpp"
#include "loadgen/client/setup.hpp"
#include "loadgen/report/gather.hpp"
#include "loadgen/runner/machine.hpp"
#include "loadgen/runner/run_metrics.hpp"
#include "loadgen/runner/run_timeline.hpp"
#include "loadgen/runner/worker_host.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/// The loop keeps turn lengths by powers of two; the health guard wants them as latencies.
Histogram turn_lengths(const LoopStats& stats) {
    Histogram out;
    for (std::size_t i = 0; i < stats.lengths.size(); ++i)
        if (const std::uint64_t count = stats.lengths[i].get()) out.record(std::int64_t{1} << i, count);
    return out;
}
/// The percentiles of what was intended in the second that the point ends.
void add_latencies(SeriesPoint& point, const std::map<std::uint32_t, Histogram>& by_second) {
    const auto found = by_second.find(static_cast<std::uint32_t>(std::max(0.0, point.t - 0.5)));
    if (found == by_second.end()) return;
    point.delivery_p50 = found->second.percentile(50) * 1e-6;
    point.delivery_p99 = found->second.percentile(99) * 1e-6;
}

/// Ports of one source and target are few (28,232 by default) and stay taken for a minute after their
/// connection; looking for a free one among few left costs the kernel more than the connection. All of
/// 127.0.0.0/8 is this machine, so a large run against it dials from several addresses.
std::vector<Address> loopback_sources(const std::vector<Endpoint>& endpoints, std::uint32_t users) {
    constexpr std::uint32_t users_a_source = 2000;
    std::vector<Address> sources;
    for (const Endpoint& endpoint : endpoints)
        if (!endpoint.address.text().starts_with("127.")) return sources;
    for (std::uint32_t i = 0; i <= users / users_a_source && i < 200; ++i)
        if (const auto address = parse_address("127.0.0." + std::to_string(i + 1), 0))
            sources.push_back(*address);
    return sources;
}

class LiveRun {
  public:
    LiveRun(std::shared_ptr<const Plan> plan, const LiveOptions& options, std::vector<Endpoint> endpoints,
            std::shared_ptr<const TlsContext> tls, Log& log)
        : plan_(std::move(plan)), options_(options), log_(log), started_at_(utc_now()) {
        loop_options_.sources = loopback_sources(endpoints, plan_->online_devices);
        loop_options_.endpoints = std::move(endpoints);
        loop_options_.client_tls = std::move(tls);
        const std::string subprotocol(make_adapter(plan_->scenario->target).value()->subprotocol());
        for (Endpoint& endpoint : loop_options_.endpoints)
            if (!subprotocol.empty()) endpoint.subprotocols = {subprotocol};
        const std::uint64_t entropy =
            options_.run_entropy ? options_.run_entropy
                                 : static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
        key_.run = static_cast<std::uint32_t>(mix64(entropy, plan_->seed) & 0xffffff);
        key_.hash_key = mix64(entropy, plan_->seed, 1);
        key_.epoch = clock_.now();
    }

    RunResult run() {
        RunMetrics metrics(*plan_->scenario, log_);
        metrics_ = &metrics;
        RunResult result = play();
        metrics.figures().finish(result);
        linger();
        return result;
    }

  private:
    RunResult play() {
        if (std::string error = set_up(); !error.empty()) return broken_off(error);
        key_.epoch = clock_.now();
        start_workers();
        const double cpu_before = own_cpu_seconds();
        StealMeter steal;
        conduct();
        for (auto& host : hosts_) host->stop();
        return result(own_cpu_seconds() - cpu_before, steal.share());
    }

    /// The endpoint stays for those who scrape rarely; not for who pressed Ctrl-C.
    void linger() {
        if (!metrics_->listening()) return;
        const Time end = clock_.now() + plan_->scenario->prometheus.linger;
        while (clock_.now() < end && !interrupted()) wait_until(std::min(end, clock_.now() + 100ms));
    }

    std::string set_up() {
        ready_ = make_adapter(plan_->scenario->target).value()->existing(*plan_, key_.run);
        if (!ready_.empty()) return {};
        Loop loop(loop_options_, clock_);
        Setup setup(*plan_, key_.run, loop, make_adapter(plan_->scenario->target).value(),
                    plan_->scenario->target.setup_rate, setup_links, options_.worker.tokens);
        loop.set_owner(setup);
        log_.info("setup: creating " + std::to_string(plan_->conversations.size()) + " conversations");
        while (!setup.done() && setup.error().empty() && !interrupted()) loop.run_turn(100ms);
        ready_ = setup.conversations();
        return setup.error();
    }

    void start_workers() {
        WorkerOptions worker_options = options_.worker;
        worker_options.endpoints = static_cast<std::uint32_t>(loop_options_.endpoints.size());
        for (std::uint32_t w = 0; w < options_.workers; ++w) {
            LoopOptions own = loop_options_;
            own.seed = mix64(key_.hash_key, w);
            hosts_.push_back(std::make_unique<WorkerHost>(*plan_, plan_->slice(w, options_.workers), key_,
                                                          own, clock_, worker_options));
        }
        for (auto& host : hosts_) host->start();
    }

    void conduct() {
        Conductor conductor(*plan_, ready_, clock_.now());
        bool told = false;
        while (true) {
            if (interrupted() && !told) {
                conductor.interrupt();
                told = true;
            }
            std::vector<WorkerStatus> states;
            for (auto& host : hosts_) states.push_back(host->settled_status());
            const ConductorStep step = conductor.step(states, clock_.now());
            for (const WorkerCommand& command : step.commands)
                for (auto& host : hosts_) host->order(command);
            if (step.want_heads) conductor.heads(merged_heads());
            observe(states, conductor.phase());
            if (step.done) break;
            wait_until(step.next);
        }
        reached_ = conductor.reached();
        measured_ = conductor.measured();
    }

    void wait_until(Time when) {
        const Time now = clock_.now();
        if (when <= now) return;
        const auto span = when - now;
        const timespec pause{static_cast<time_t>(span / 1s), static_cast<long>((span % 1s).count())};
        nanosleep(&pause, nullptr);
    }

    std::vector<Sequence> merged_heads() {
        std::vector<Sequence> heads(plan_->conversations.size());
        for (auto& host : hosts_)
            host->visit([&](Worker& worker) {
                const std::vector<Sequence>& own = worker.checker().acked_heads();
                for (std::size_t c = 0; c < heads.size(); ++c) heads[c] = std::max(heads[c], own[c]);
            });
        return heads;
    }

    /// Metrics at every step, one point of the series a second, progress twice a second.
    void observe(const std::vector<WorkerStatus>& states, std::string_view phase) {
        WorkerStatus sum;
        for (const WorkerStatus& state : states) add(sum, state);
        metrics_->figures().update(sum, phase);
        const double t = to_seconds(clock_.now() - key_.epoch);
        if (metrics_->wanted() && t - last_latencies_ >= 1) {
            last_latencies_ = t;
            RunLatencies latencies;
            for (auto& host : hosts_) host->visit([&](const Worker& worker) { add(latencies, worker); });
            metrics_->figures().update(std::move(latencies));
        }
        timeline_.observe(t, phase, sum);
        if (options_.progress && t - last_progress_ >= 0.5) {
            last_progress_ = t;
            options_.progress({std::string(phase), t, sum.users, sum.online, sum.live.sent, sum.live.acked,
                               sum.live.delivered, live_violations(sum.live), timeline_.sent_per_second(),
                               timeline_.delivered_per_second()});
        }
    }

    RunResult result(double cpu, double steal) {
        std::vector<const Worker*> workers;
        for (auto& host : hosts_) workers.push_back(&host->worker());
        RunInput input =
            gather(plan_, key_, make_adapter(plan_->scenario->target).value()->abilities(), workers);
        input.unreachable = !reached_;
        input.duration = to_seconds(clock_.now() - key_.epoch);
        input.series = timeline_.points();
        input.phases = timeline_.phases();
        for (SeriesPoint& point : input.series) add_latencies(point, input.judgement.delivery_by_second);
        input.health.cpu = cpu / input.duration;
        input.health.steal = steal;
        for (auto& host : hosts_) input.health.loop_lag += turn_lengths(host->loop_stats());
        std::uint64_t syscalls = 0;
        for (auto& host : hosts_) {
            const LoopStats& stats = host->loop_stats();
            syscalls += stats.waits.get() + stats.receives.get() + stats.sends.get();
        }
        input.environment["generator_system_calls"] = std::to_string(syscalls);
        input.environment["generator_cpu_seconds"] = std::to_string(cpu);
        return finish(std::move(input));
    }

    RunResult broken_off(const std::string& error) {
        RunInput input;
        input.plan = plan_;
        input.unreachable = true;
        input.connections.errors[error] = 1;
        return finish(std::move(input));
    }

    RunResult finish(RunInput input) {
        input.started_at = started_at_;
        input.command = options_.command;
        input.interrupted = interrupted();
        input.environment.merge(machine_facts());
        input.environment["workers"] = std::to_string(options_.workers);
        if (options_.server_facts) input.environment.merge(options_.server_facts());
        return conclude(std::move(input));
    }

    [[nodiscard]] bool interrupted() const {
        return options_.interrupted && options_.interrupted->load(std::memory_order_relaxed);
    }

    std::shared_ptr<const Plan> plan_;
    const LiveOptions& options_;
    Log& log_;
    std::string started_at_;
    MonotonicClock clock_;
    LoopOptions loop_options_;
    RunKey key_;
    std::vector<ReadyConversation> ready_;
    std::vector<std::unique_ptr<WorkerHost>> hosts_;
    RunMetrics* metrics_ = nullptr;  ///< of run()
    RunTimeline timeline_;
    double last_progress_ = 0;
    double last_latencies_ = 0;
    bool reached_ = false;
    Duration measured_{};
};

}  // namespace

RunResult run_live(const std::shared_ptr<const Plan>& plan, const LiveOptions& options, Log& log) {
    const auto cannot = [&plan](const std::string& why) {
        RunInput input;
        input.plan = plan;
        input.unreachable = true;
        input.connections.errors[why] = 1;
        return conclude(std::move(input));
    };
    std::vector<Endpoint> endpoints;
    for (const std::string& url : options.endpoints) {
        auto resolved = resolve(url);
        if (!resolved) return cannot(resolved.error().message);
        endpoints.push_back(std::move(*resolved));
    }
    const bool secure =
        std::any_of(endpoints.begin(), endpoints.end(), [](const Endpoint& e) { return e.tls; });
    std::shared_ptr<const TlsContext> tls;
    if (secure) {
        const Target& target = plan->scenario->target;
        auto made = TlsContext::client({.certificate = target.tls_certificate,
                                        .key = target.tls_key,
                                        .authorities = target.tls_authorities,
                                        .verify = target.tls_verify});
        if (!made) return cannot(made.error().message);
        tls = std::move(*made);
    }
    return LiveRun(plan, options, std::move(endpoints), std::move(tls), log).run();
}

}  // namespace hubbub
