// What a worker's users did and heard beside the log: typing and reactions. Only all workers together know
// who did what, so the judge merges the books. Owned by one worker's checker; its thread only.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "loadgen/check/evidence_book.hpp"

namespace hubbub {

/// A user in a conversation.
struct TalkPlace {
    using PlainBytes = void;
    std::uint32_t conversation = 0, user = 0;
    friend auto operator<=>(const TalkPlace&, const TalkPlace&) = default;
    [[nodiscard]] std::uint64_t key() const { return std::uint64_t{conversation} << 32 | user; }
};

/// Which reaction to which entry.
struct ReactionPlace {
    using PlainBytes = void;
    std::uint32_t conversation = 0;
    Sequence target = 0;
    std::uint8_t body = 0;  ///< index in reaction_bodies, or unknown_reaction
    friend auto operator<=>(const ReactionPlace&, const ReactionPlace&) = default;
};

/// What a notice says: this user reacted so, or took it back.
struct ReactionClaim {
    using PlainBytes = void;
    ReactionPlace place;
    std::uint32_t user = 0;
    bool set = true;
    friend auto operator<=>(const ReactionClaim&, const ReactionClaim&) = default;
    [[nodiscard]] std::uint64_t key() const;  ///< whoever says so, the same for both
};

/// What counts say: so many reacted so.
struct CountClaim {
    using PlainBytes = void;
    ReactionPlace place;
    std::uint64_t count = 0;
    friend auto operator<=>(const CountClaim&, const CountClaim&) = default;
};

/// What users react with.
inline constexpr std::array<std::string_view, 4> reaction_bodies = {"\U0001F44D", "\U0001F602", "\u2764",
                                                                    "ok"};
inline constexpr std::uint8_t unknown_reaction = reaction_bodies.size();
/// The index; unknown_reaction for what nobody of a run says.
std::uint8_t reaction_index(std::string_view body);

struct TalkBook {
    // ---- typing
    std::unordered_set<std::uint64_t> typed;  ///< TalkPlace::key() of own users that said so; looked up only
    struct Heard {
        std::uint64_t notices = 0;
        RawEvidence first;

        template <class Archive, class Self>
        static void fields(Archive& archive, Self& self) {
            archive(self.notices, self.first);
        }
    };
    std::map<TalkPlace, Heard> typing_heard;  ///< of users that are not known to this worker to have typed

    // ---- reactions
    struct Made {
        using PlainBytes = void;
        std::uint64_t acked = 0;    ///< answered by a yes: they are there
        std::uint64_t unknown = 0;  ///< said, and never answered, or not clearly
    };
    std::map<ReactionPlace, Made> reactions;
    /// Claims of either kind that one worker keeps, about 150 bytes each; later ones are not judged.
    static constexpr std::size_t claims_max = 500'000;
    std::unordered_set<std::uint64_t> reacted;       ///< ReactionClaim::key() of own users; looked up only
    std::map<ReactionClaim, Heard> reactions_heard;  ///< that own users do not explain
    std::map<CountClaim, Heard> counts_heard;        ///< likewise
    struct Listing {
        bool complete = false;
        std::map<ReactionPlace, std::uint64_t> counts;

        template <class Archive, class Self>
        static void fields(Archive& archive, Self& self) {
            archive(self.complete, self.counts);
        }
    };
    std::map<std::uint32_t, Listing> listings;  ///< by conversation, of those that this worker has to read

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.typed, self.typing_heard, self.reactions, self.reacted, self.reactions_heard,
                self.counts_heard, self.listings);
    }
};

}  // namespace hubbub
