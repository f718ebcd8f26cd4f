#include "loadgen/client/target_timeline.hpp"

#include <algorithm>

namespace hubbub {

bool TargetTimeline::wanted(const Plan& plan) {
    const auto& faults = plan.scenario->faults;
    return std::any_of(faults.begin(), faults.end(),
                       [](const TimedFault& f) { return f.deed.target.has_value(); });
}

TargetTimeline::TargetTimeline(const Plan& plan, TargetControl& target, Time epoch)
    : plan_(plan), target_(target), epoch_(epoch), marks_(plan.scenario->faults.size()) {
    for (const TimedFault& fault : plan.scenario->faults)
        deeds_.push_back(fault.deed.target ? fault.deed.target->kind->make(fault.deed.target->values)
                                           : nullptr);
}

void TargetTimeline::hear(const WorkerCommand& command, Time now) {
    if (const auto* begin = std::get_if<command::BeginPhase>(&command)) {
        for (std::uint32_t f = 0; f < deeds_.size(); ++f) {
            const TimedFault& fault = plan_.scenario->faults[f];
            if (deeds_[f] && fault.phase == plan_.scenario->phases[begin->phase].name)
                steps_.emplace(begin->start + fault.offset, f);
        }
    } else if (std::holds_alternative<command::Settle>(command) && !over_) {
        over_ = true;
        // What has begun comes to its end now; what has not, never does.
        for (const auto& [when, f] : std::exchange(steps_, {}))
            if (marks_[f].started_us != 0) steps_.emplace(now, f);
    }
}

void TargetTimeline::turn(std::uint64_t online, Time now) {
    while (next_deadline() <= now) {
        const std::uint32_t f = steps_.begin()->second;
        steps_.erase(steps_.begin());
        FaultMarks& marks = marks_[f];
        const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(now - epoch_).count(), 1));
        const std::uint64_t fired = deeds_[f]->fired();
        const Time next = deeds_[f]->act(target_, now);
        if (marks.started_us == 0) marks.started_us = micros;
        if (deeds_[f]->fired() > fired) marks.affected = std::max(marks.affected, online);
        marks.fired = deeds_[f]->fired();
        if (next != never)
            steps_.emplace(over_ ? now : next, f);
        else
            marks.ended_us = micros;
    }
}

void TargetTimeline::add_to(FaultEvidence& evidence) const {
    evidence.faults.resize(std::max(evidence.faults.size(), marks_.size()));
    for (std::size_t f = 0; f < marks_.size(); ++f) evidence.faults[f] += marks_[f];
}

}  // namespace hubbub
