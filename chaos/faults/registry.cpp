#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

const FaultKind* const kinds[] = {
    &latency_fault,     &bandwidth_fault,       &slicer_fault,        &slow_close_fault,    &timeout_fault,
    &reset_peer_fault,  &limit_data_fault,      &half_open_fault,     &half_close_fault,    &stall_fault,
    &slow_reader_fault, &connect_refused_fault, &accept_delay_fault,  &partition_fault,     &flapping_fault,
    &frame_drop_fault,  &frame_duplicate_fault, &frame_reorder_fault, &frame_corrupt_fault,
};

}  // namespace

std::span<const FaultKind* const> fault_kinds() {
    return kinds;
}

const FaultKind* find_fault_kind(std::string_view name) {
    for (const FaultKind* kind : kinds)
        if (kind->name == name) return kind;
    return nullptr;
}

}  // namespace hubbub
