#include "loadgen/plan/membership.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"
#include "loadgen/plan/group_law.hpp"
#include "loadgen/scenario/reused_setup.hpp"

namespace hubbub {
namespace {

/// A keyed permutation of 0..n-1 without a table: a Feistel network over the next even number of bits, walked
/// until it lands inside (Black, Rogaway 2002). Its first k values are k distinct draws, so that pairs need
/// no set.
class Permutation {
  public:
    Permutation(std::uint64_t key, std::uint64_t n) : key_(key), n_(n) {
        const auto bits = static_cast<unsigned>(std::bit_width(n - 1));
        half_bits_ = std::max(1U, (bits + 1) / 2);
        mask_ = (std::uint64_t{1} << half_bits_) - 1;
    }

    std::uint64_t operator()(std::uint64_t x) const {
        do x = rounds(x);
        while (x >= n_);
        return x;
    }

  private:
    [[nodiscard]] std::uint64_t rounds(std::uint64_t x) const {
        std::uint64_t left = x >> half_bits_;
        std::uint64_t right = x & mask_;
        for (std::uint64_t round = 0; round < 6; ++round) {
            const std::uint64_t next = left ^ (mix64(key_, round, right) & mask_);
            left = right;
            right = next;
        }
        return left << half_bits_ | right;
    }

    std::uint64_t key_, n_, mask_ = 0;
    unsigned half_bits_ = 1;
};

/// Pair number i in the order (0,1) (0,2) (1,2) (0,3) ...: the larger user is the triangular root of i.
std::pair<UserIndex, UserIndex> pair_at(std::uint64_t i) {
    auto high = static_cast<std::uint64_t>((1 + std::sqrt(1 + 8 * static_cast<double>(i))) / 2);
    while (pairs_of(high) > i) --high;  // the root is rounded: step to the exact one
    while (pairs_of(high + 1) <= i) ++high;
    return {UserIndex{static_cast<std::uint32_t>(i - pairs_of(high))},
            UserIndex{static_cast<std::uint32_t>(high)}};
}

class Membership {
  public:
    Membership(Plan& plan, const Random& random) : plan_(plan), random_(random), deck_(plan.users) {
        std::iota(deck_.begin(), deck_.end(), 0U);
        const double zipf = plan.scenario->population.social_zipf;
        if (zipf > 0) social_.emplace(plan.users, zipf, random.child("social"));
    }

    void draw() {
        if (plan_.scenario->target.reused) return take(*plan_.scenario->target.reused);
        const auto& rows = plan_.scenario->topology;
        for (std::uint32_t row = 0; row < rows.size(); ++row) {
            if (rows[row].kind == ConversationClass::direct)
                draw_pairs(row);
            else
                draw_groups(row);
        }
    }

  private:
    /// As they are already.
    void take(const ReusedSetup& reused) {
        const auto& rows = plan_.scenario->topology;
        for (const auto& one : reused.conversations) {
            const auto row = std::find_if(rows.begin(), rows.end(),
                                          [&](const TopologyRow& r) { return r.kind == one.kind; });
            plan_.conversations.push_back({one.kind, static_cast<std::uint32_t>(row - rows.begin()),
                                           one.first_member, one.member_count});
        }
        for (const std::uint32_t user : reused.members) plan_.members.push_back(UserIndex{user});
    }

    // All direct rows share one permutation, so that no two users have two direct conversations.
    void draw_pairs(std::uint32_t row) {
        if (plan_.scenario->topology[row].count == 0) return;
        const Permutation pairs(random_.child("direct").seed(), pairs_of(plan_.users));
        for (std::uint32_t i = 0; i < plan_.scenario->topology[row].count; ++i) {
            const auto [low, high] = pair_at(pairs(pairs_drawn_++));
            add(row, {low, high});
        }
    }

    void draw_groups(std::uint32_t row) {
        const TopologyRow& shape = plan_.scenario->topology[row];
        Random random = random_.child("row").child(row);
        std::vector<UserIndex> chosen;
        for (std::uint32_t i = 0; i < shape.count; ++i) {
            const std::uint32_t size = draw_size(shape, random);
            if (social_) {
                social_->draw(size, random, chosen);
                add(row, chosen);
                continue;
            }
            // The first cards of a shuffled deck; it stays shuffled, which keeps every draw uniform.
            chosen.clear();
            for (std::uint32_t k = 0; k < size; ++k) {
                std::swap(deck_[k], deck_[k + random.below(deck_.size() - k)]);
                chosen.push_back(UserIndex{deck_[k]});
            }
            std::sort(chosen.begin(), chosen.end());
            add(row, chosen);
        }
    }

    void add(std::uint32_t row, const std::vector<UserIndex>& chosen) {
        plan_.conversations.push_back({plan_.scenario->topology[row].kind, row,
                                       static_cast<std::uint32_t>(plan_.members.size()),
                                       static_cast<std::uint32_t>(chosen.size())});
        plan_.members.insert(plan_.members.end(), chosen.begin(), chosen.end());
    }

    Plan& plan_;
    const Random& random_;
    std::vector<std::uint32_t> deck_;
    std::optional<SocialGraph> social_;
    std::uint64_t pairs_drawn_ = 0;
};

/// Streams by device, and by conversation within a device, because conversations are visited in rising order.
void index_streams(Plan& plan) {
    plan.stream_begin.assign(std::size_t{plan.devices} + 1, 0);
    for (const UserIndex user : plan.members)
        for (std::uint32_t n = 0; n < plan.devices_of(user); ++n)
            ++plan.stream_begin[plan.device_of(user).index() + n + 1];
    std::partial_sum(plan.stream_begin.begin(), plan.stream_begin.end(), plan.stream_begin.begin());
    plan.stream_conversation.resize(plan.stream_begin.back());
    plan.stream_device.resize(plan.stream_begin.back());
    std::vector<std::uint32_t> next(plan.stream_begin.begin(), plan.stream_begin.end() - 1);
    for (std::uint32_t c = 0; c < plan.conversations.size(); ++c) {
        for (const UserIndex user : plan.members_of(ConversationIndex{c})) {
            for (std::uint32_t n = 0; n < plan.devices_of(user); ++n) {
                const DeviceIndex device{plan.device_of(user).value + n};
                const std::uint32_t stream = next[device.index()]++;
                plan.stream_conversation[stream] = ConversationIndex{c};
                plan.stream_device[stream] = device;
            }
        }
    }
}

}  // namespace

void draw_membership(Plan& plan, const Random& random) {
    Membership(plan, random).draw();
    index_streams(plan);
}

}  // namespace hubbub
