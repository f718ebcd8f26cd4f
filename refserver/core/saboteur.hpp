// Decides, seeded, when this shard does which wrong, and tells the truth before each act. Exists only when
// there is a plan: the honest path tests one pointer. Owned by the Shard; its thread only.
#pragma once

#include <array>
#include <optional>
#include <unordered_map>

#include "base/random.hpp"
#include "base/time.hpp"
#include "refserver/core/sabotage.hpp"

namespace hubbub {

class Saboteur {
  public:
    Saboteur(const SabotagePlan& plan, ShardId shard, SabotageTruth& truth);

    /// One eligible occasion: whether to act. Says no while the conversation rests from its last act, so that
    /// the traces of two acts never lie in each other: a client needs to notice and heal one first.
    bool wants(SabotageKind kind, const ConversationId& conversation, Time now);
    /// Whether an act that was chosen earlier may still be done.
    [[nodiscard]] bool has_left(SabotageKind kind) { return at(kind).left > 0; }
    /// The truth, right before the act. Starts the conversation's rest.
    void tell(const SabotageRecord& record, Time now);
    /// For choosing victims: a stream of its own a kind, so that one kind's draws never move another's.
    std::uint64_t below(SabotageKind kind, std::uint64_t bound);

    static constexpr Duration rest = std::chrono::milliseconds(500);

  private:
    struct Kind {
        double rate = 0;
        std::uint32_t left = 0;
        Random random{0};
    };
    Kind& at(SabotageKind kind) { return kinds_[static_cast<std::size_t>(kind)]; }

    SabotageTruth& truth_;
    std::array<Kind, sabotage_kinds> kinds_;
    std::unordered_map<ConversationId, Time> last_act_;
};

}  // namespace hubbub
