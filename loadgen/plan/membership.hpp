// Turns the topology rows into conversations with members, and the members into streams.
// Used once, inside make_plan(); one thread.
#pragma once

#include "base/random.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// Fills conversations, members and streams of `plan` (users and scenario must be set). The rows must have
/// been checked: sizes within the users, direct conversations no more than there are pairs.
void draw_membership(Plan& plan, const Random& random);

/// How many different pairs n users have.
constexpr std::uint64_t pairs_of(std::uint64_t n) {
    return n < 2 ? 0 : n * (n - 1) / 2;
}

}  // namespace hubbub
