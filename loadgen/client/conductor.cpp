#include "loadgen/client/conductor.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {
namespace {

/// Between a command and the start of its phase: every worker has heard of it by then.
constexpr Duration lead = std::chrono::milliseconds{50};
constexpr Duration poll = std::chrono::milliseconds{50};
/// Where the scenario sets no bound: nothing may hang for ever.
constexpr Duration connect_longest = std::chrono::minutes{5};
constexpr Duration settle_default = std::chrono::seconds{30};
constexpr Duration drain_longest = std::chrono::minutes{5};
/// After Finish: close frames and orderly ends of links; then the run is over, links or not.
constexpr Duration closing_longest = std::chrono::seconds{10};

enum class Stage : std::uint8_t {
    begin,
    connect,
    load,
    settle,  ///< what waits or is in flight is answered
    heads,   ///< asked for the heads of all workers
    owed,    ///< everything arrives
    repair,
    audit,
    finish,
    done
};

/// All workers as one.
WorkerStatus sum_of(std::span<const WorkerStatus> workers) {
    WorkerStatus sum;
    for (const WorkerStatus& worker : workers) {
        sum.users += worker.users;
        sum.online += worker.online;
        sum.gave_up += worker.gave_up;
        sum.waiting += worker.waiting;
        sum.in_flight += worker.in_flight;
        sum.owed += worker.owed;
        sum.audits_pending += worker.audits_pending;
        sum.links_open += worker.links_open;
    }
    // Deliveries are counted where they are sent and where they arrive, a moment apart.
    if (static_cast<std::int64_t>(sum.owed) < 0) sum.owed = 0;
    return sum;
}

}  // namespace

struct Conductor::Impl {
    Impl(const Plan& the_plan, std::vector<ReadyConversation> the_ready)
        : plan(the_plan),
          ready(std::make_shared<const std::vector<ReadyConversation>>(std::move(the_ready))) {}

    void advance(const WorkerStatus& all, Time now, ConductorStep& step);
    void next_phase(Time now, ConductorStep& step);
    void begin_drain(Time now, ConductorStep& step);
    void end_load(Time now);
    void enter(Stage next, Duration longest, Time now);
    void tell(WorkerCommand command, ConductorStep& step);
    [[nodiscard]] const Phase& current() const { return plan.scenario->phases[phase]; }

    const Plan& plan;
    std::shared_ptr<const std::vector<ReadyConversation>> ready;
    Stage stage = Stage::begin;
    Time stage_ends{};
    std::uint32_t phase = 0;  ///< in the scenario; meaningful in connect and load
    Time phase_start{};
    Duration settle = settle_default;
    Duration drain_max = drain_longest;
    Duration measured{};
    std::shared_ptr<const std::vector<Sequence>> heads;
    std::uint64_t told = 0;  ///< commands so far
    bool reached = false;
    bool interrupted = false;
    bool draining = false;
};

void Conductor::Impl::tell(WorkerCommand command, ConductorStep& step) {
    step.commands.push_back(std::move(command));
    ++told;
}

void Conductor::Impl::enter(Stage next, Duration longest, Time now) {
    stage = next;
    stage_ends = now + longest;
}

void Conductor::Impl::end_load(Time now) {
    if (stage == Stage::load && current().measure)
        measured += std::clamp(now - phase_start, Duration::zero(), current().length);
}

void Conductor::Impl::next_phase(Time now, ConductorStep& step) {
    const auto& phases = plan.scenario->phases;
    phase = stage == Stage::begin ? 0 : phase + 1;
    if (phase >= phases.size() || current().kind == PhaseKind::drain) return begin_drain(now, step);
    phase_start = now + lead;
    tell(command::BeginPhase{phase, phase_start}, step);
    if (current().kind == PhaseKind::load) return enter(Stage::load, lead + current().length, now);
    const Duration bound = current().max_duration;
    enter(Stage::connect, lead + (bound > Duration::zero() ? bound : connect_longest), now);
}

void Conductor::Impl::begin_drain(Time now, ConductorStep& step) {
    draining = true;
    for (const Phase& each : plan.scenario->phases) {
        if (each.kind != PhaseKind::drain) continue;
        if (each.length > Duration::zero()) settle = each.length;
        if (each.max_duration > Duration::zero()) drain_max = each.max_duration;
        break;
    }
    tell(command::Settle{}, step);
    enter(Stage::settle, drain_max, now);
}

/// At most one stage a step: its commands must be obeyed before the next one is judged.
void Conductor::Impl::advance(const WorkerStatus& all, Time now, ConductorStep& step) {
    const bool late = now >= stage_ends;
    switch (stage) {
        case Stage::begin:
            tell(command::Conversations{ready}, step);
            return next_phase(now, step);
        case Stage::connect:
            if (all.online + all.gave_up < all.users && !late) return;
            if (reached) return next_phase(now, step);
            tell(command::Finish{}, step);  // nobody is there: no load, no verdict on it
            return enter(Stage::finish, closing_longest, now);
        case Stage::load:
            if (!late) return;
            end_load(now);
            return next_phase(now, step);
        case Stage::settle:
            if (all.waiting + all.in_flight > 0 && !late) return;
            // Who is cut off cannot be owed anything yet: judging begins when everybody is back.
            if (all.online + all.gave_up < all.users && !late && !interrupted) return;
            step.want_heads = true;
            step.next = now;
            return enter(Stage::heads, Duration::zero(), now);
        case Stage::heads:
            if (!heads) return;
            tell(command::ExpectHeads{heads}, step);
            return enter(Stage::owed, settle, now);
        case Stage::owed:
            if (all.owed > 0 && !late) return;
            if (all.owed > 0) {
                tell(command::Repair{}, step);
                return enter(Stage::repair, settle, now);
            }
            [[fallthrough]];
        case Stage::repair:
            if (all.owed > 0 && !late) return;
            tell(command::Audit{}, step);
            return enter(Stage::audit, std::max(settle, drain_max), now);
        case Stage::audit:
            if (all.audits_pending > 0 && !late) return;
            tell(command::Finish{}, step);
            return enter(Stage::finish, closing_longest, now);
        case Stage::finish:
            if (all.links_open > 0 && !late) return;
            stage = Stage::done;
            return;
        case Stage::done:
            return;
    }
}

Conductor::Conductor(const Plan& plan, std::vector<ReadyConversation> ready, Time)
    : impl_(std::make_shared<Impl>(plan, std::move(ready))) {}

ConductorStep Conductor::step(std::span<const WorkerStatus> workers, Time now) {
    Impl& self = *impl_;
    ConductorStep step;
    step.next = now + poll;
    for (const WorkerStatus& worker : workers) self.reached = self.reached || worker.online > 0;
    // A status from before the last command would be taken for its effect.
    const bool fresh = std::all_of(workers.begin(), workers.end(),
                                   [&](const WorkerStatus& w) { return w.obeyed >= self.told; });
    if (self.interrupted && !self.draining && self.stage != Stage::finish && self.stage != Stage::done) {
        if (self.stage == Stage::begin) self.tell(command::Conversations{self.ready}, step);
        self.end_load(now);
        self.begin_drain(now, step);
    } else if (fresh || now >= self.stage_ends + closing_longest) {
        self.advance(sum_of(workers), now, step);
    }
    if (self.stage == Stage::load && self.stage_ends > now) step.next = std::min(step.next, self.stage_ends);
    step.done = self.stage == Stage::done;
    return step;
}

void Conductor::heads(std::vector<Sequence> merged) {
    impl_->heads = std::make_shared<const std::vector<Sequence>>(std::move(merged));
}

void Conductor::interrupt() {
    impl_->interrupted = true;
}

std::string_view Conductor::phase() const {
    switch (impl_->stage) {
        case Stage::begin:
            return "start";
        case Stage::connect:
        case Stage::load:
            return impl_->current().name;
        case Stage::settle:
        case Stage::heads:
        case Stage::owed:
            return "settle";
        case Stage::repair:
            return "repair";
        case Stage::audit:
            return "audit";
        case Stage::finish:
        case Stage::done:
            return "finish";
    }
    return "";
}

Duration Conductor::measured() const {
    return impl_->measured;
}

bool Conductor::reached() const {
    return impl_->reached;
}

}  // namespace hubbub
