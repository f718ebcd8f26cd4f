#include "loadgen/plan/fault_choice.hpp"

#include <algorithm>

namespace hubbub {
namespace {

double draw(const Plan& plan, std::string_view what, std::uint32_t fault, DeviceIndex device) {
    return Random(plan.seed).child(what).child(fault).child(device.value).unit();
}

}  // namespace

bool in_cohort(const Plan& plan, std::size_t cohort, DeviceIndex device) {
    return !plan.cohort.empty() && plan.cohort[plan.user_of(device).index()] == cohort;
}

bool selects(const Plan& plan, std::uint32_t fault, DeviceIndex device) {
    const FaultSelect& select = plan.scenario->faults[fault].select;
    if (!select.cohort.empty()) {
        const auto& cohorts = plan.scenario->population.cohorts;
        const auto named = std::find_if(cohorts.begin(), cohorts.end(),
                                        [&](const Cohort& cohort) { return cohort.name == select.cohort; });
        if (!in_cohort(plan, static_cast<std::size_t>(named - cohorts.begin()), device)) return false;
    }
    if (select.sample < 1 && draw(plan, "sample", fault, device) >= select.sample) return false;
    if (!select.kind) return true;
    const auto all = plan.conversations_of(device);
    return std::any_of(all.begin(), all.end(), [&](ConversationIndex conversation) {
        return plan.conversations[conversation.value].kind == *select.kind;
    });
}

double turn_of(const Plan& plan, std::uint32_t fault, DeviceIndex device) {
    return draw(plan, "turn", fault, device);
}

}  // namespace hubbub
