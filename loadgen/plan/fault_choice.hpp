// Whom a fault of the scenario happens to. Pure functions of plan and seed, by hash and never by order, so
// that every worker says the same. Any thread.
#pragma once

#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// `fault`: index in Scenario::faults. The endpoint is the connection's matter.
bool selects(const Plan& plan, std::uint32_t fault, DeviceIndex device);
/// When in a row the device's turn comes: in [0, 1).
double turn_of(const Plan& plan, std::uint32_t fault, DeviceIndex device);
/// Whether the device belongs to the cohort of this index.
bool in_cohort(const Plan& plan, std::size_t cohort, DeviceIndex device);

}  // namespace hubbub
