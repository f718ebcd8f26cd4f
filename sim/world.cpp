#include "sim/world.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "loadgen/client/conductor.hpp"
#include "loadgen/client/setup.hpp"
#include "loadgen/client/target_timeline.hpp"
#include "loadgen/client/traced_worker.hpp"
#include "loadgen/report/abort_watch.hpp"
#include "loadgen/report/gather.hpp"
#include "sim/server_side.hpp"
#include "sim/world_target.hpp"

namespace hubbub::sim {
namespace {

class TruthInMemory final : public SabotageTruth {
  public:
    void about_to(const SabotageRecord& record) override { records.push_back(record); }
    std::vector<SabotageRecord> records;
};

class World {
  public:
    World(std::shared_ptr<const Plan> plan, const WorldOptions& options)
        : plan_(std::move(plan)),
          options_(options),
          key_{static_cast<std::uint32_t>(mix64(options.seed) & 0xffffff), mix64(options.seed, 1), Time{}},
          faults_(mix64(options.seed, 2)),
          net_(options.link, options.slow_reading, Random(options.seed).child("net"), trace_),
          server_(options.server, options.durability, options.commit_latency, options.mail_delay_max,
                  options.seed, net_, truth_) {
        mishaps_ = options_.mishaps;
        std::stable_sort(mishaps_.begin(), mishaps_.end(),
                         [](const Mishap& a, const Mishap& b) { return a.at < b.at; });
    }

    WorldResult run() {
        server_.start();
        if (std::string error = set_up(); !error.empty()) return broken_off(std::move(error));
        build_workers();
        conduct();
        return result();
    }

  private:
    struct Player {
        Net::Side side = 0;
        LinkOwner* core = nullptr;
        bool touched = false;
    };

    void add_player(Net::Side side, LinkOwner& core) {
        net_.attach(side, core);
        players_.push_back({side, &core, true});
    }

    /// Moves time to the next thing that happens and does it.
    void step(Time wanted) {
        Time next = std::min({wanted, net_.next_deadline(), server_.next_deadline()});
        for (const Player& player : players_) next = std::min(next, player.core->next_deadline());
        if (next_mishap_ < mishaps_.size() && load_start_ != never)
            next = std::min(next, load_start_ + mishaps_[next_mishap_].at);
        next = std::min({next, restart_, control_.next_deadline()});
        if (target_faults_) next = std::min(next, target_faults_->next_deadline());
        now_ = std::max(now_, next);
        HUBBUB_ASSERT(now_ < Time{} + options_.give_up, "a simulated run must end");
        misbehave();
        if (target_faults_) target_faults_->turn(net_.open_links(), now_);
        control_.turn(now_);
        net_.deliver(now_, [&](Net::Side side) {
            server_.touched(side);
            for (Player& player : players_)
                if (player.side == side) player.touched = true;
        });
        server_.work(now_);
        for (Player& player : players_) {
            if (!player.touched && player.core->next_deadline() > now_) continue;
            player.touched = false;
            player.core->turn(now_);
            net_.flush(player.side, now_);
            ++turns_;
        }
    }

    void misbehave() {
        if (restart_ <= now_) {
            restart_ = never;
            if (!server_.running()) server_.start();  // a fault of the scenario may have done it
        }
        while (load_start_ != never && next_mishap_ < mishaps_.size() &&
               load_start_ + mishaps_[next_mishap_].at <= now_) {
            const Mishap& mishap = mishaps_[next_mishap_++];
            if (mishap.kind == Mishap::Kind::cut_links) {
                net_.cut(mishap.share, now_);
            } else if (server_.running()) {
                server_.die(mishap.kind == Mishap::Kind::power_loss, now_);
                restart_ = now_ + mishap.down;
            }
        }
    }

    std::string set_up() {
        const Net::Side side = net_.join();
        Setup setup(*plan_, key_.run, net_.links(side), make_adapter(plan_->scenario->target).value(), 1e9,
                    setup_links, options_.worker.tokens);
        add_player(side, setup);
        while (!setup.done() && setup.error().empty()) step(never);
        ready_ = setup.conversations();
        net_.kill(side, now_);
        players_.clear();
        return setup.error();
    }

    void build_workers() {
        for (const FaultSpec& fault : options_.faults) faults_.add(fault, now_);
        if (!options_.faults.empty()) net_.set_faults(faults_);
        for (std::uint32_t w = 0; w < options_.workers; ++w) {
            const Net::Side side = net_.join();
            workers_.push_back(std::make_unique<TracedWorker>(*plan_, plan_->slice(w, options_.workers), key_,
                                                              net_.links(side), options_.worker));
            add_player(side, *workers_.back());
        }
    }

    void conduct() {
        Conductor conductor(*plan_, ready_, now_);
        if (TargetTimeline::wanted(*plan_)) target_faults_.emplace(*plan_, control_, Time{});
        while (true) {
            std::vector<WorkerStatus> states;
            for (const auto& worker : workers_) states.push_back(worker->worker().status());
            if (!aborted_ && abort_.wanted() && (aborted_ = look(states))) conductor.interrupt();
            const ConductorStep step_now = conductor.step(states, now_);
            for (const WorkerCommand& each : step_now.commands) obey(each);
            if (step_now.want_heads) conductor.heads(merged_heads());
            if (step_now.done) break;
            const Time next = step_now.next;
            do step(next);
            while (now_ < next);
        }
        reached_ = conductor.reached();
    }

    std::optional<Expectation> look(std::span<const WorkerStatus> states) {
        RunLatencies latencies;
        if (abort_.wants_latencies())
            for (const auto& worker : workers_) add(latencies, worker->worker());
        return abort_.look(states, &latencies, to_seconds(now_ - key_.epoch));
    }

    void obey(const WorkerCommand& order) {
        if (target_faults_) target_faults_->hear(order, now_);
        if (const auto* begin = std::get_if<command::BeginPhase>(&order);
            begin && load_start_ == never && plan_->scenario->phases[begin->phase].kind == PhaseKind::load)
            load_start_ = begin->start;
        for (std::size_t w = 0; w < workers_.size(); ++w) {
            workers_[w]->at(now_);
            workers_[w]->worker().obey(order, now_);
            players_[w].touched = true;
        }
    }

    std::vector<Sequence> merged_heads() const {
        std::vector<Sequence> heads(plan_->conversations.size());
        for (const auto& worker : workers_) {
            const std::vector<Sequence>& own = worker->worker().checker().acked_heads();
            for (std::size_t c = 0; c < heads.size(); ++c) heads[c] = std::max(heads[c], own[c]);
        }
        return heads;
    }

    WorldResult result() {
        const BackendAbilities abilities = make_adapter(plan_->scenario->target).value()->abilities();
        std::vector<WorkerFindings> all;
        for (std::uint32_t w = 0; w < workers_.size(); ++w) {
            all.push_back(findings_of(workers_[w]->worker()));
            if (options_.carried)
                all.back() = findings_from(to_bytes(all.back()), *plan_, plan_->slice(w, options_.workers),
                                           key_, abilities);
        }
        RunInput input = gather(plan_, key_, abilities, all);
        if (target_faults_) target_faults_->add_to(input.faults);
        input.aborted = aborted_;
        input.unreachable = !reached_;
        input.duration = to_seconds(now_.time_since_epoch());
        return conclusion(std::move(input));
    }
    WorldResult broken_off(std::string error) {
        RunInput input;
        input.plan = plan_;
        input.error = std::move(error);
        return conclusion(std::move(input));
    }
    WorldResult conclusion(RunInput input) {
        WorldResult result{conclude(std::move(input)),
                           std::move(truth_.records),
                           trace_,
                           turns_,
                           now_.time_since_epoch(),
                           {}};
        for (const auto& fault : faults_.all())
            result.faults.push_back(
                {fault->spec.name, fault->tally.connections.get(), fault->tally.bites.get()});
        return result;
    }

    std::shared_ptr<const Plan> plan_;
    const WorldOptions& options_;
    RunKey key_;
    Time now_{};
    Trace trace_;
    TruthInMemory truth_;
    FaultSet faults_;
    Net net_;
    ServerSide server_;
    WorldTarget control_{server_, net_, now_};
    std::optional<TargetTimeline> target_faults_;
    std::vector<Player> players_;
    std::vector<ReadyConversation> ready_;
    std::vector<std::unique_ptr<TracedWorker>> workers_;
    AbortWatch abort_{*plan_->scenario};
    std::optional<Expectation> aborted_;
    std::vector<Mishap> mishaps_;
    std::size_t next_mishap_ = 0;
    Time load_start_ = never;
    Time restart_ = never;
    bool reached_ = false;
    std::uint64_t turns_ = 0;
};

}  // namespace

WorldResult simulate(std::shared_ptr<const Plan> plan, const WorldOptions& options) {
    return World(std::move(plan), options).run();
}

}  // namespace hubbub::sim
