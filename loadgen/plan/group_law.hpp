// How large a group is and who is in it. Used inside make_plan(); one thread.
#pragma once

#include <vector>

#include "base/random.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/plan/senders.hpp"

namespace hubbub {

/// Members of one group of the row.
std::uint32_t draw_size(const TopologyRow& row, Random& random);
/// Expected members of one group, the cut of a lognormal law at its ends left out.
double mean_size(const TopologyRow& row);

/// Draws distinct users by weight: rank r has 1 / r^s, and the seed says who has which rank.
class SocialGraph {
  public:
    SocialGraph(std::uint32_t users, double zipf, Random random);
    void draw(std::uint32_t size, Random& random, std::vector<UserIndex>& chosen);

  private:
    void draw_by_keys(std::uint32_t size, Random& random, std::vector<UserIndex>& chosen);

    std::vector<std::uint32_t> user_at_;  ///< by rank
    std::vector<double> weights_;         ///< by rank
    AliasTable ranks_;
    std::vector<std::uint32_t> mark_;  ///< by rank: the draw it was chosen in
    std::uint32_t draws_ = 0;
};

}  // namespace hubbub
