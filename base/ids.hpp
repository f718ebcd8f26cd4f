// Strong ids: a shard is not a link is not a user, and the compiler says so.
// Owned by nobody; any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace hubbub {

template <class Tag, class Rep>
struct StrongId {
    using rep = Rep;
    Rep value{};

    constexpr StrongId() = default;
    constexpr explicit StrongId(Rep v) : value(v) {}
    friend constexpr auto operator<=>(StrongId, StrongId) = default;
    [[nodiscard]] constexpr std::size_t index() const { return static_cast<std::size_t>(value); }
};

/// One connection of one loop: slot in the low 32 bits, generation above, so that a late event never reaches
/// a successor.
using LinkId = StrongId<struct LinkTag, std::uint64_t>;
using ShardId = StrongId<struct ShardTag, std::uint32_t>;

// Dense indices out of the plan: arrays, not hash maps, on the hot path.
using UserIndex = StrongId<struct UserTag, std::uint32_t>;
using DeviceIndex = StrongId<struct DeviceTag, std::uint32_t>;
using ConversationIndex = StrongId<struct ConversationTag, std::uint32_t>;
/// One (device, conversation) pair: what a receiver's order and completeness are judged on.
using StreamIndex = StrongId<struct StreamTag, std::uint32_t>;

/// A conversation's name on the wire: 128 bits made by the server, 22 base64url characters.
struct ConversationId {
    std::uint64_t high{};
    std::uint64_t low{};
    friend constexpr auto operator<=>(const ConversationId&, const ConversationId&) = default;
};

/// Position in a conversation's log, from 1, without gaps. 0: before the first entry.
using Sequence = std::uint64_t;
/// Number of a device's sends into one conversation, from 1 ("n" on the wire).
using WireNumber = std::uint64_t;
/// Changes only when a conversation's log lost or rewrote positions.
using Epoch = std::uint32_t;

/// Mixes all 128 bits; the ids are random already, but a client may invent some.
constexpr std::uint64_t hash_of(const ConversationId& id) {
    std::uint64_t x = id.high ^ (id.low * 0x9e3779b97f4a7c15ULL);
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93ULL;
    return x ^ (x >> 32);
}

}  // namespace hubbub

template <class Tag, class Rep>
struct std::hash<hubbub::StrongId<Tag, Rep>> {
    std::size_t operator()(hubbub::StrongId<Tag, Rep> id) const noexcept {
        return static_cast<std::size_t>(static_cast<std::uint64_t>(id.value) * 0x9e3779b97f4a7c15ULL >> 16);
    }
};

template <>
struct std::hash<hubbub::ConversationId> {
    std::size_t operator()(const hubbub::ConversationId& id) const noexcept { return hubbub::hash_of(id); }
};
