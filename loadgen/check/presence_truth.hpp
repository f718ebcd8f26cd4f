// How a user must have been seen, and when that changed: from the lives of its devices and from its wishes.
// Pure functions; the judge's thread.
//
// Between what is certain lies what is not: a ping on its way, a link that broke, a wish without an answer.
// Nothing is claimed of such a time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "loadgen/check/presence_book.hpp"

namespace hubbub {

/// A set of states.
using SeenAs = std::uint8_t;
constexpr SeenAs seen_as(PresenceState state) {
    return static_cast<SeenAs>(1U << static_cast<unsigned>(state));
}
inline constexpr SeenAs seen_online = seen_as(PresenceState::online),
                        seen_away = seen_as(PresenceState::away),
                        seen_offline = seen_as(PresenceState::offline);

/// In [from, until) whoever watches must be told one of `may`, or must have been, `patience` after `from`.
struct TruthSpan {
    std::uint64_t from = 0, until = 0;
    SeenAs may = 0;
    std::uint64_t patience = 0;
};

enum class PresenceKind : std::uint8_t {
    graceful,  ///< it said so: closed, or hid
    away,      ///< it said so, or two beats were missed
    silent,    ///< nothing was heard of it for the TTL
};
inline constexpr std::size_t presence_kinds = 3;
constexpr std::string_view name(PresenceKind kind) {
    return kind == PresenceKind::graceful ? "graceful" : kind == PresenceKind::away ? "away" : "silent";
}

/// A change that watchers are to be told: `at` it happened, `until` then it holds.
struct PresenceEvent {
    std::uint64_t at = 0, until = 0;
    PresenceKind kind{};
    SeenAs expected = 0;
};

struct UserTruth {
    std::vector<TruthSpan> spans;  ///< rising, apart
    std::vector<PresenceEvent> events;

    /// What it may be seen as; all: not known.
    [[nodiscard]] const TruthSpan* at(std::uint64_t time) const;
};

/// How long after an event the last watcher may learn of it. docs/CHECKS.md.
std::uint64_t patience_of(PresenceKind kind, const PresencePromise& promise);

/// `lives` of all its devices; `ended`: of the evidence.
UserTruth truth_of(std::span<const DeviceLife* const> lives, std::span<const PresenceWish> wishes,
                   const PresencePromise& promise, std::uint64_t ended);

}  // namespace hubbub
