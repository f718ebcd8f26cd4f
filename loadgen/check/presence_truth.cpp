#include "loadgen/check/presence_truth.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace hubbub {
namespace {

constexpr std::uint64_t open = DeviceLife::open;
constexpr SeenAs seen_anyhow = seen_online | seen_away | seen_offline;
/// What the promises leave above two beats and above the TTL: a second of debounce, and as much for the way.
constexpr std::uint64_t slack = 2'000'000;

/// The last of rising spans that begins at `at` or before.
template <class Span, class Begin>
const Span* last_before(const std::vector<Span>& spans, std::uint64_t at, Begin begin) {
    const auto next = std::upper_bound(spans.begin(), spans.end(), at,
                                       [&](std::uint64_t t, const Span& one) { return t < begin(one); });
    return next == spans.begin() ? nullptr : &*std::prev(next);
}

class TruthMaker {
  public:
    TruthMaker(std::span<const DeviceLife* const> lives, std::span<const PresenceWish> wishes,
               const PresencePromise& promise, std::uint64_t ended)
        : lives_(lives), wishes_(wishes), promise_(promise), ended_(ended) {}

    UserTruth make() {
        borders();
        std::optional<std::uint64_t> before;
        for (const std::uint64_t border : borders_) {
            if (before) add(*before, border);
            before = border;
        }
        for (const DeviceLife* const life : lives_) events_of(*life);
        for (const PresenceWish& wish : wishes_) event_of(wish);
        return std::move(out_);
    }

  private:
    enum class Level : std::uint8_t { unknown, here, silent, gone };

    void border(std::uint64_t at) {
        if (at < ended_) borders_.insert(at);
    }

    void borders() {
        borders_.insert(ended_);
        for (const DeviceLife* const life : lives_) {
            for (const auto& one : life->prompt) border(one.from), border(one.until);
            for (const auto& one : life->quiet) {
                border(away_from(one));
                border(gone_from(one));
                border(one.until);
                silences_.insert(away_from(one));
                silences_.insert(gone_from(one));
            }
            for (const auto& one : life->left) border(gone_from(one)), border(one.until);
        }
        for (const PresenceWish& wish : wishes_) border(wish.said), border(wish.granted);
    }

    [[nodiscard]] std::uint64_t away_from(const DeviceLife::Quiet& one) const {
        return one.heard + 2 * promise_.beat;
    }
    [[nodiscard]] std::uint64_t gone_from(const DeviceLife::Quiet& one) const {
        return one.heard + promise_.ttl;
    }
    /// A farewell that nobody answered may have been lost on the way: then it is a silence.
    [[nodiscard]] std::uint64_t gone_from(const DeviceLife::Left& one) const {
        return one.heard != open ? one.heard : one.at + promise_.ttl;
    }

    [[nodiscard]] Level level_of(const DeviceLife& life, std::uint64_t at) const {
        if (life.prompt_at(at) && !ends_at(life, at)) return Level::here;
        if (const auto* left = last_before(life.left, at, [](const auto& one) { return one.at; });
            left != nullptr && at >= gone_from(*left) && at < left->until)
            return Level::gone;
        const auto* quiet = last_before(life.quiet, at, [](const auto& one) { return one.said; });
        if (quiet == nullptr || at >= quiet->until) return Level::unknown;
        if (at >= gone_from(*quiet)) return Level::gone;
        return at >= away_from(*quiet) ? Level::silent : Level::unknown;
    }
    [[nodiscard]] static bool ends_at(const DeviceLife& life, std::uint64_t at) {
        const auto* row = last_before(life.prompt, at, [](const auto& one) { return one.from; });
        return row != nullptr && row->until == at;
    }

    /// Nothing: not known. A server that died forgets what it granted last; so a wish holds as long as a link
    /// stands from before it.
    [[nodiscard]] std::optional<PresenceState> wanted_at(std::uint64_t at) const {
        const auto next =
            std::upper_bound(wishes_.begin(), wishes_.end(), at,
                             [](std::uint64_t t, const PresenceWish& one) { return t < one.said; });
        if (next == wishes_.begin()) return std::nullopt;
        const PresenceWish& wish = *std::prev(next);
        if (wish.granted > at) return std::nullopt;
        for (const DeviceLife* const life : lives_) {
            const auto* row = last_before(life->prompt, at, [](const auto& one) { return one.from; });
            if (row != nullptr && at < row->until && row->hello <= wish.said) return wish.state;
        }
        return std::nullopt;
    }

    [[nodiscard]] SeenAs may_at(std::uint64_t at) const {
        bool here = false, all_silent = true, all_gone = true;
        for (const DeviceLife* const life : lives_) {
            const Level level = level_of(*life, at);
            here |= level == Level::here;
            all_gone &= level == Level::gone;
            all_silent &= level == Level::gone || level == Level::silent;
        }
        if (all_gone) return seen_offline;
        if (all_silent) return seen_away | seen_offline;
        const auto wanted = here ? wanted_at(at) : std::nullopt;
        if (!wanted) return seen_anyhow;
        return *wanted == PresenceState::invisible ? seen_offline : seen_as(*wanted);
    }

    void add(std::uint64_t from, std::uint64_t until) {
        const SeenAs may = may_at(from);
        if (may == seen_anyhow) return;
        if (!out_.spans.empty() && out_.spans.back().until == from && out_.spans.back().may == may) {
            out_.spans.back().until = until;
            return;
        }
        const std::uint64_t patience =
            silences_.contains(from) ? slack : patience_of(PresenceKind::graceful, promise_);
        out_.spans.push_back({from, until, may, patience});
    }

    /// What was expected from `settled` on, because of what happened at `at`; as long as it holds.
    void event(PresenceKind kind, std::uint64_t at, std::uint64_t settled, SeenAs expected) {
        std::uint64_t until = settled;
        for (const TruthSpan* span = out_.at(until); span != nullptr && (span->may & ~expected) == 0;
             span = out_.at(until))
            until = span->until;
        if (until > settled) out_.events.push_back({at, until, kind, expected});
    }
    void events_of(const DeviceLife& life) {
        for (const auto& one : life.left) event(PresenceKind::graceful, one.at, gone_from(one), seen_offline);
        for (const auto& one : life.quiet) {
            if (away_from(one) < one.until)
                event(PresenceKind::away, one.said, away_from(one), seen_away | seen_offline);
            if (gone_from(one) < one.until)
                event(PresenceKind::silent, one.said, gone_from(one), seen_offline);
        }
    }
    void event_of(const PresenceWish& wish) {
        if (wish.state == PresenceState::away) event(PresenceKind::away, wish.said, wish.granted, seen_away);
        if (wish.state == PresenceState::invisible)
            event(PresenceKind::graceful, wish.said, wish.granted, seen_offline);
    }

    std::span<const DeviceLife* const> lives_;
    std::span<const PresenceWish> wishes_;
    const PresencePromise& promise_;
    std::uint64_t ended_;
    std::set<std::uint64_t> borders_;
    std::set<std::uint64_t> silences_;  ///< borders at which a silence came of age
    UserTruth out_;
};

}  // namespace

const TruthSpan* UserTruth::at(std::uint64_t time) const {
    const TruthSpan* const span = last_before(spans, time, [](const TruthSpan& one) { return one.from; });
    return span != nullptr && time < span->until ? span : nullptr;
}

std::uint64_t patience_of(PresenceKind kind, const PresencePromise& promise) {
    switch (kind) {
        case PresenceKind::graceful:
            return std::max(2 * promise.beat, slack);
        case PresenceKind::away:
            return 2 * promise.beat + slack;
        case PresenceKind::silent:
            return promise.ttl + slack;
    }
    return 0;
}

UserTruth truth_of(std::span<const DeviceLife* const> lives, std::span<const PresenceWish> wishes,
                   const PresencePromise& promise, std::uint64_t ended) {
    return TruthMaker(lives, wishes, promise, ended).make();
}

}  // namespace hubbub
