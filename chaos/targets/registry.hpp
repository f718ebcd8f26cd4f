// The list of all faults of the target. Constants; any thread.
#pragma once

#include <span>

#include "chaos/target_fault.hpp"

namespace hubbub {

/// In the order of docs/FAULTS.md.
std::span<const TargetFaultKind* const> target_fault_kinds();
/// Null: no such fault.
const TargetFaultKind* find_target_fault_kind(std::string_view name);

/// Whom it is done to: there is one.
inline constexpr FaultAttribute whom = {"whom", FaultUnit::word, 0, 0, 0, "the target's process", "server"};

extern const TargetFaultKind kill_fault;
extern const TargetFaultKind stop_fault;
extern const TargetFaultKind power_loss_fault;
extern const TargetFaultKind disk_fault;
extern const TargetFaultKind clock_fault;

}  // namespace hubbub
