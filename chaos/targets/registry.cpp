#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

const TargetFaultKind* const kinds[] = {
    &kill_fault, &stop_fault, &power_loss_fault, &disk_fault, &clock_fault,
};

}  // namespace

std::span<const TargetFaultKind* const> target_fault_kinds() {
    return kinds;
}

const TargetFaultKind* find_target_fault_kind(std::string_view name) {
    for (const TargetFaultKind* kind : kinds)
        if (kind->name == name) return kind;
    return nullptr;
}

}  // namespace hubbub
