// Gives users their devices and cohorts. Used once, inside make_plan(); one thread.
#pragma once

#include "base/random.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// Fills devices and cohorts of `plan` (users, online_users and scenario must be set). Shares are exact
/// counts, at rounded borders, of a shuffled deck.
void draw_population(Plan& plan, const Random& random);

/// Users and conversations are there, streams are indexed: how many online devices each conversation reaches.
void count_devices(Plan& plan);

}  // namespace hubbub
