// Who may send where: for every behavior and class, the conversations it may choose and their possible
// senders. Immutable after make_plan(), part of the Plan; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

inline constexpr std::size_t conversation_classes = 3;

/// Draws index i with probability weight[i] / sum in one step (Walker 1977, built as Vose 1991).
class AliasTable {
  public:
    AliasTable() = default;
    /// All weights > 0.
    explicit AliasTable(std::span<const double> weights);
    [[nodiscard]] bool empty() const { return cells_.empty(); }
    [[nodiscard]] std::uint32_t pick(Random& random) const {
        const auto i = static_cast<std::uint32_t>(random.below(cells_.size()));
        return (random.next() >> 32) < cells_[i].keep ? i : cells_[i].other;
    }

  private:
    struct Cell {
        std::uint64_t keep;  ///< of 2^32
        std::uint32_t other;
    };
    std::vector<Cell> cells_;
};

/// The conversations of one class that one behavior may choose.
struct SenderChoice {
    double share = 0;  ///< of the behavior's messages
    std::vector<ConversationIndex> conversations;
    std::vector<std::uint32_t> first;  ///< senders of conversations[i]: [first[i], first[i + 1])
    std::vector<StreamIndex> senders;  ///< online members that have the behavior, on their first devices
    AliasTable by_rank;                ///< zipf; empty: uniform

    [[nodiscard]] StreamIndex pick(Random& random) const {
        const std::uint32_t i = by_rank.empty()
                                    ? static_cast<std::uint32_t>(random.below(conversations.size()))
                                    : by_rank.pick(random);
        return senders[first[i] + random.below(first[i + 1] - first[i])];
    }
};

struct BehaviorSenders {
    std::array<SenderChoice, conversation_classes> by_class;  ///< index: ConversationClass
    double sigma = 0;                                         ///< of the body sizes' lognormal law
    ByteSizes bytes;

    [[nodiscard]] StreamIndex pick(Random& random) const;
    [[nodiscard]] std::uint32_t body_bytes(Random& random) const;
};

class SenderTable {
  public:
    /// By behavior of the scenario; behaviors without `send` have empty choices.
    std::vector<BehaviorSenders> behaviors;
};

/// Deals the online users out to the behaviors with a share below 1, each an exact count at rounded borders:
/// Plan::part_of.
std::vector<std::uint16_t> deal_behaviors(const Plan& plan, Random random);

/// Needs parts, churn, conversations, members and streams of the plan. Appends one message per impossible
/// wish to `errors`.
std::shared_ptr<const SenderTable> make_senders(const Plan& plan, std::vector<std::string>& errors);

/// "file.yaml:12:7: what", or "what" for scenarios built in code.
std::string located(const Scenario& scenario, Place place, const std::string& what);
std::string_view class_name(ConversationClass kind);

}  // namespace hubbub
