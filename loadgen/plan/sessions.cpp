#include "loadgen/plan/sessions.hpp"

#include <algorithm>

#include "loadgen/plan/senders.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

SessionTable::SessionTable(const Plan& plan, const Random& random, std::vector<std::string>& errors) {
    for (const Phase& phase : plan.scenario->phases) {
        const bool load = phase.kind == PhaseKind::load;
        phases_.push_back(load ? std::optional(load_ends_) : std::nullopt);
        if (load) load_ends_ += phase.length;
    }
    const bool anybody = std::any_of(plan.habits.begin(), plan.habits.end(),
                                     [](const Habits& habits) { return habits.session.has_value(); });
    if (anybody) draw(plan, random, errors);
}

void SessionTable::draw(const Plan& plan, const Random& random, std::vector<std::string>& errors) {
    begin_.push_back(0);
    for (std::uint32_t d = 0; d < plan.online_devices; ++d) {
        const auto& habit = plan.habits_of(plan.user_of(DeviceIndex{d})).session;
        Random own = random.child(d);
        // Somewhere within a session: nobody opened just now.
        Duration at = habit ? Duration(static_cast<std::int64_t>(
                                  own.unit() * static_cast<double>(habit->online.draw(own).count())))
                            : load_ends_;
        Duration opened{};
        while (at < load_ends_) {
            const Duration opens = at + habit->offline.draw(own);
            const Duration leaves = at - std::min<Duration>((at - opened) / 10, std::chrono::seconds{1});
            absences_.push_back({leaves, at, std::min(opens, load_ends_)});
            opened = opens;
            at = opens + habit->online.draw(own);
        }
        begin_.push_back(static_cast<std::uint32_t>(absences_.size()));
        if (absences_.size() <= limits::absences_max) continue;
        errors.push_back(located(*plan.scenario, plan.scenario->behaviors.front().place,
                                 "behaviors: the sessions are too short for this load: more than " +
                                     std::to_string(limits::absences_max) + " absences"));
        return;
    }
}

std::span<const Absence> SessionTable::absences_of(DeviceIndex d) const {
    if (d.index() + 1 >= begin_.size()) return {};
    return std::span(absences_).subspan(begin_[d.index()], begin_[d.index() + 1] - begin_[d.index()]);
}

const Absence* SessionTable::absence_at(DeviceIndex d, Duration at) const {
    const auto own = absences_of(d);
    const auto after = std::upper_bound(
        own.begin(), own.end(), at, [](Duration t, const Absence& absence) { return t < absence.leaves; });
    if (after == own.begin()) return nullptr;
    const Absence& last = *(after - 1);
    return at < last.opens ? &last : nullptr;
}

std::optional<Duration> SessionTable::phase_begins(std::uint32_t phase) const {
    return phase < phases_.size() ? phases_[phase] : std::nullopt;
}

double SessionTable::share_online() const {
    if (empty() || load_ends_ <= Duration{}) return 1;
    double away = 0;
    for (const Absence& absence : absences_) away += to_seconds(absence.opens - absence.closes);
    const auto devices = static_cast<double>(begin_.size() - 1);
    return 1 - away / (devices * to_seconds(load_ends_));
}

}  // namespace hubbub
