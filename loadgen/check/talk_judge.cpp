#include "loadgen/check/talk_judge.hpp"

#include <algorithm>
#include <set>

namespace hubbub {
namespace {

using Findings = ConversationJudge::Findings;

/// What all workers heard of a kind, told apart by claim.
template <class Claim>
std::map<Claim, TalkBook::Heard> heard_by_all(std::span<const WorkerEvidence* const> workers,
                                              std::map<Claim, TalkBook::Heard> TalkBook::*which) {
    std::map<Claim, TalkBook::Heard> all;
    for (const WorkerEvidence* const worker : workers) {
        for (const auto& [claim, heard] : worker->talk.*which) {
            const auto [known, is_new] = all.emplace(claim, heard);
            if (is_new) continue;
            known->second.notices += heard.notices;
            known->second.first = std::min(known->second.first, heard.first);
        }
    }
    return all;
}

// Whoever is said to type has said so, on some worker.
void judge_typing(std::span<const WorkerEvidence* const> workers, Findings& out) {
    for (const auto& [place, heard] : heard_by_all(workers, &TalkBook::typing_heard)) {
        const bool typed = std::any_of(workers.begin(), workers.end(), [&](const WorkerEvidence* worker) {
            return worker->talk.typed.contains(place.key());
        });
        if (typed) continue;
        out.violations.leaked += heard.notices;
        out.evidence.note("leaked", heard.first);
    }
}

class ReactionsJudge {
  public:
    ReactionsJudge(std::span<const WorkerEvidence* const> workers, Findings& out)
        : workers_(workers), out_(out) {
        for (const WorkerEvidence* const worker : workers) {
            for (const auto& [place, made] : worker->talk.reactions) {
                all_[place].acked += made.acked;
                all_[place].unknown += made.unknown;
                if (made.acked > 0) reacted_.insert(place.conversation);
            }
            for (const auto& [conversation, listing] : worker->talk.listings)
                if (listing.complete) listings_.emplace(conversation, &listing);
        }
    }

    void judge() {
        for (const auto& [conversation, listing] : listings_) judge(conversation, *listing);
        // Nobody could be asked: whether they are there is not known.
        for (const std::uint32_t conversation : reacted_)
            if (!listings_.contains(conversation)) ++out_.totals.unverified;
        judge_notices();
        judge_counts();
    }

  private:
    void judge(std::uint32_t conversation, const TalkBook::Listing& listing) {
        const auto made_end = all_.lower_bound({conversation + 1, 0, 0});
        for (auto made = all_.lower_bound({conversation, 0, 0}); made != made_end; ++made) {
            const auto shown = listing.counts.find(made->first);
            const std::uint64_t count = shown == listing.counts.end() ? 0 : shown->second;
            if (count < made->second.acked)
                accuse(made->first, made->second.acked - count,
                       "reactions were acknowledged, and the list does not have them");
        }
        for (const auto& [place, count] : listing.counts) {
            const std::uint64_t most = most_of(place);
            if (count > most) accuse(place, count - most, "the list has reactions that nobody made");
        }
    }

    /// As many were asked for, and may be there.
    [[nodiscard]] std::uint64_t most_of(const ReactionPlace& place) const {
        const auto made = all_.find(place);
        return made == all_.end() ? 0 : made->second.acked + made->second.unknown;
    }

    // Whoever is said to have reacted has asked for it, on some worker.
    void judge_notices() {
        for (const auto& [claim, heard] : heard_by_all(workers_, &TalkBook::reactions_heard)) {
            const bool asked =
                claim.set && std::any_of(workers_.begin(), workers_.end(), [&](const auto* one) {
                    return one->talk.reacted.contains(claim.key());
                });
            if (!asked) accuse(heard);
        }
    }

    // There were never more than were asked for in all.
    void judge_counts() {
        for (const auto& [claim, heard] : heard_by_all(workers_, &TalkBook::counts_heard)) {
            const std::uint64_t most = most_of(claim.place);
            if (claim.count > most) accuse(heard);
        }
    }

    void accuse(const TalkBook::Heard& heard) {
        out_.violations.reactions += heard.notices;
        out_.evidence.note("reactions", heard.first);
    }
    void accuse(const ReactionPlace& place, std::uint64_t count, std::string_view why) {
        out_.violations.reactions += count;
        RawEvidence raw;
        raw.conversation = place.conversation;
        raw.sequence = place.target;
        raw.why = why;
        out_.evidence.note("reactions", raw);
    }

    std::span<const WorkerEvidence* const> workers_;
    Findings& out_;
    std::map<ReactionPlace, TalkBook::Made> all_;
    std::set<std::uint32_t> reacted_;
    std::map<std::uint32_t, const TalkBook::Listing*> listings_;
};

}  // namespace

void judge_talk(std::span<const WorkerEvidence* const> workers, Findings findings) {
    judge_typing(workers, findings);
    ReactionsJudge(workers, findings).judge();
}

}  // namespace hubbub
