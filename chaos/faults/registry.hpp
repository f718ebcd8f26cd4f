// The list of all faults. Constants; any thread.
#pragma once

#include <span>
#include <string_view>

#include "chaos/fault_kind.hpp"

namespace hubbub {

/// In the order of docs/FAULTS.md.
std::span<const FaultKind* const> fault_kinds();
/// Null: no such fault.
const FaultKind* find_fault_kind(std::string_view name);

extern const FaultKind latency_fault;
extern const FaultKind bandwidth_fault;
extern const FaultKind slicer_fault;
extern const FaultKind slow_close_fault;
extern const FaultKind timeout_fault;
extern const FaultKind reset_peer_fault;
extern const FaultKind limit_data_fault;
extern const FaultKind half_open_fault;
extern const FaultKind half_close_fault;
extern const FaultKind stall_fault;
extern const FaultKind slow_reader_fault;
extern const FaultKind connect_refused_fault;
extern const FaultKind accept_delay_fault;
extern const FaultKind partition_fault;
extern const FaultKind flapping_fault;
extern const FaultKind frame_drop_fault;
extern const FaultKind frame_duplicate_fault;
extern const FaultKind frame_reorder_fault;
extern const FaultKind frame_corrupt_fault;

}  // namespace hubbub
