#include "loadgen/runner/runner.hpp"

#include <ctime>

#include "loadgen/client/conductor.hpp"
#include "loadgen/client/setup.hpp"
#include "loadgen/client/target_timeline.hpp"
#include "loadgen/report/gather.hpp"
#include "loadgen/runner/dialing.hpp"
#include "loadgen/runner/machine.hpp"
#include "loadgen/runner/process_seat.hpp"
#include "loadgen/runner/run_metrics.hpp"
#include "loadgen/runner/run_observer.hpp"
#include "loadgen/runner/thread_seat.hpp"
#include "loadgen/runner/written_setup.hpp"
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

class LiveRun {
  public:
    LiveRun(std::shared_ptr<const Plan> plan, const LiveOptions& options, LoopOptions dialing, Log& log)
        : plan_(std::move(plan)),
          options_(options),
          dialing_(std::move(dialing)),
          abilities_(make_adapter(plan_->scenario->target).value()->abilities()),
          log_(log),
          started_at_(utc_now()) {
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
        if (std::string error = set_up(); !error.empty()) return unreachable(error);
        key_.epoch = clock_.now();
        observer_.emplace(*plan_->scenario, *metrics_, options_.view, key_.epoch);
        const double cpu_before = own_cpu_seconds();
        StealMeter steal;
        SeatFindings found;
        SeatStatus led = take_seats();
        if (led) led = conduct();
        if (led) led = of_all([&](WorkerSeat& seat) { return seat.finish(found); });
        const double cpu = own_cpu_seconds() - cpu_before + found.own_cpu_seconds;
        if (!led) return broken_off(led.error(), cpu, steal.share());
        return result(found, cpu, steal.share());
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
        Loop loop(dialing_, clock_);
        Setup setup(*plan_, key_.run, loop, make_adapter(plan_->scenario->target).value(),
                    plan_->scenario->target.setup_rate, setup_links, options_.worker.tokens);
        loop.set_owner(setup);
        log_.info(std::string(plan_->scenario->target.reused ? "setup: looking at " : "setup: creating ") +
                  std::to_string(plan_->conversations.size()) + " conversations");
        while (!setup.done() && setup.error().empty() && !interrupted()) loop.run_turn(100ms);
        ready_ = setup.conversations();
        if (!setup.error().empty() || options_.write_setup.empty() || !setup.done()) return setup.error();
        const Status written = write_setup(*plan_, ready_, options_.write_setup);
        return written.has_error() ? written.error().message : std::string();
    }

    /// Threads of this process, or shares of as equal size as can be for the processes that wait.
    SeatStatus take_seats() {
        if (options_.processes == nullptr) {
            seats_.push_back(std::make_unique<ThreadSeat>(*plan_, WorkerLayout{0, options_.workers}.share(0),
                                                          key_, dialing_, options_.worker, clock_));
            return {};
        }
        std::vector<WorkerProcess>& all = options_.processes->all();
        const WorkerLayout layout{static_cast<std::uint32_t>(all.size()), options_.workers};
        for (std::uint32_t p = 0; p < layout.processes; ++p) {
            auto seat = std::make_unique<ProcessSeat>(*plan_, layout.share(p), key_, abilities_, all[p]);
            if (SeatStatus begun = seat->begin(options_.endpoints); !begun) return begun;
            seats_.push_back(std::move(seat));
        }
        return {};
    }

    SeatStatus of_all(const std::function<SeatStatus(WorkerSeat&)>& ask) {
        for (auto& seat : seats_)
            if (SeatStatus answered = ask(*seat); !answered) return answered;
        return {};
    }

    SeatStatus conduct() {
        Conductor conductor(*plan_, ready_, clock_.now());
        if (options_.target) target_faults_.emplace(*plan_, *options_.target, key_.epoch);
        bool told = false;
        while (true) {
            if ((interrupted() || observer_->aborted()) && !told) {
                if (observer_->aborted()) log_.warn(observer_->aborted()->text + ": the load ends here");
                conductor.interrupt();
                told = true;
            }
            std::vector<WorkerStatus> states;
            SeatStatus led = of_all([&](WorkerSeat& seat) { return seat.add_statuses(states); });
            if (!led) return led;
            const ConductorStep step = conductor.step(states, clock_.now());
            for (const WorkerCommand& command : step.commands)
                if (led = of_all([&](WorkerSeat& seat) { return seat.order(command); }); !led) return led;
            const Time next = act_on_target(step, states);
            if (step.want_heads) {
                std::vector<Sequence> heads(plan_->conversations.size());
                if (led = of_all([&](WorkerSeat& seat) { return seat.raise_heads(heads); }); !led) return led;
                conductor.heads(std::move(heads));
            }
            led = observer_->observe(states, conductor.phase(), clock_.now(), [this](RunLatencies& sum) {
                if (target_faults_) target_faults_->add_to(sum.faults);
                return of_all([&](WorkerSeat& seat) { return seat.add_latencies(sum); });
            });
            if (!led || step.done) {
                reached_ = conductor.reached();
                return led;
            }
            wait_until(std::min(step.next, next));
        }
    }

    /// When it wants to be asked again.
    Time act_on_target(const ConductorStep& step, const std::vector<WorkerStatus>& states) {
        if (options_.look_at_target) options_.look_at_target();
        if (!target_faults_) return never;
        std::uint64_t online = 0;
        for (const WorkerStatus& state : states) online += state.online;
        const Time now = clock_.now();
        for (const WorkerCommand& command : step.commands) target_faults_->hear(command, now);
        target_faults_->turn(online, now);
        return target_faults_->next_deadline();
    }

    void wait_until(Time when) {
        const Time now = clock_.now();
        if (when <= now) return;
        const auto span = when - now;
        const timespec pause{static_cast<time_t>(span / 1s), static_cast<long>((span % 1s).count())};
        nanosleep(&pause, nullptr);
    }

    RunResult result(const SeatFindings& found, double cpu, double steal) {
        RunInput input = gather(plan_, key_, abilities_, found.workers);
        if (target_faults_) target_faults_->add_to(input.faults);
        input.unreachable = !reached_ && !interrupted();  // who stopped it does not know whether it could be
        observer_->tell(input);
        input.health.loop_lag = found.loop_lag;
        input.environment["generator_system_calls"] = std::to_string(found.system_calls);
        return finish(of_generator(std::move(input), cpu, steal));
    }

    /// A worker is gone, and with it what it alone knew: without its evidence the others would be
    /// misunderstood, so nothing is judged.
    RunResult broken_off(const SeatFailure& failure, double cpu, double steal) {
        RunInput input;
        input.plan = plan_;
        observer_->tell(input);
        if (failure.our_bug) input.error = failure.message;
        input.health.guard_ok = false;
        input.health.reasons.push_back(failure.message + "; nothing is judged");
        for (const Counter& counter : counters) input.judgement.not_checked.emplace_back(counter.name);
        log_.error(input.health.reasons.back());
        return finish(of_generator(std::move(input), cpu, steal));
    }

    RunInput of_generator(RunInput input, double cpu, double steal) {
        input.duration = to_seconds(clock_.now() - key_.epoch);
        input.health.cpu = cpu / input.duration;
        input.health.steal = steal;
        input.environment["generator_cpu_seconds"] = std::to_string(cpu);
        return input;
    }

    RunResult unreachable(const std::string& error) {
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
        input.environment["worker_processes"] =
            std::to_string(options_.processes ? options_.processes->all().size() : 0);
        if (options_.server_facts) input.environment.merge(options_.server_facts());
        return conclude(std::move(input));
    }

    [[nodiscard]] bool interrupted() const {
        return options_.interrupted && options_.interrupted->load(std::memory_order_relaxed);
    }

    std::shared_ptr<const Plan> plan_;
    const LiveOptions& options_;
    const LoopOptions dialing_;
    const BackendAbilities abilities_;
    Log& log_;
    std::string started_at_;
    MonotonicClock clock_;
    RunKey key_;
    std::vector<ReadyConversation> ready_;
    std::vector<std::unique_ptr<WorkerSeat>> seats_;
    RunMetrics* metrics_ = nullptr;  ///< of run()
    std::optional<RunObserver> observer_;
    std::optional<TargetTimeline> target_faults_;
    bool reached_ = false;
};

}  // namespace

RunResult run_live(const std::shared_ptr<const Plan>& plan, const LiveOptions& options, Log& log) {
    auto dialed = dialing(*plan, options.endpoints);
    if (dialed) return LiveRun(plan, options, std::move(*dialed), log).run();
    RunInput input;
    input.plan = plan;
    input.unreachable = true;
    input.command = options.command;
    input.connections.errors[dialed.error().message] = 1;
    return conclude(std::move(input));
}

}  // namespace hubbub
