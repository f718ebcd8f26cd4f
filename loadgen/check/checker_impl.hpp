// What the three files of the checker (sending, receiving, the drain) share.
// Owned by a Checker; its thread only.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/check/worker_evidence.hpp"

namespace hubbub {

/// What the answer to a resume announces: its entries pushed, to be paged, or never.
Follows follows(const ResumedPosition& answer);

struct Checker::Impl {
    Impl(const Plan& plan, Slice slice, RunKey key, BackendAbilities abilities)
        : evidence(plan, slice, key, abilities) {}

    WorkerEvidence evidence;
    /// Streams whose epoch differs from their conversation's, after a reset. Sorted by stream; few.
    std::vector<std::pair<std::uint32_t, Epoch>> epochs;
    std::uint64_t owed = 0;

    /// Since the run's epoch; what came before it counts as at it.
    [[nodiscard]] std::uint64_t micros(Time time) const;
    [[nodiscard]] ConversationIndex conversation_of(StreamIndex stream) const {
        return evidence.plan.stream_conversation[stream.index()];
    }
    [[nodiscard]] DeviceIndex device_of(StreamIndex stream) const {
        return evidence.plan.stream_device[stream.index()];
    }
    ConversationLog& log_of(ConversationIndex conversation);

    // ---- sending
    void append_body(LedgerRow row, std::string& out) const;
    /// The row's content hash: of the body alone until the number is known, so that the body is made once.
    void note_body(LedgerRow row, std::string_view body);
    void note_number(LedgerEntry& entry) const;
    void note_ack(LedgerEntry& entry, Time now);
    /// In the cohort of the device's user, where there are cohorts.
    void note_cohort(Latency what, DeviceIndex device, std::uint64_t since_us, std::uint64_t at_us) {
        if (const auto cohort = evidence.plan.cohort_of(device))
            evidence.latency.note_cohort(what, *cohort, since_us, at_us);
    }
    /// A row that is acked was acked once more, under another number.
    void acked_elsewhere(LedgerRow row, Seq32 q, Time now);
    /// A send was answered: holes that only unanswered sends could explain are judged.
    StreamStep own_answered(StreamIndex stream, Time now);

    // ---- receiving
    /// Whether a number is near enough to be kept; else it is accused here and goes no further.
    bool plausible(StreamIndex stream, Sequence sequence, Time now);
    /// The same for a conversation alone.
    bool plausible(ConversationIndex conversation, Sequence sequence, Seq32 known, std::uint32_t receiver,
                   Time now);
    void account(StreamIndex stream, Seq32 q, const StreamOutcome& outcome, Time now);
    void observe(StreamIndex stream, const SeenEntry& entry, bool own, bool first_time, Time now);
    void set_epoch(StreamIndex stream, Epoch epoch);
    [[nodiscard]] Epoch epoch_of(StreamIndex stream) const;
    /// An entry without a number: found, counted and judged by its stamp.
    void received_by_stamp(StreamIndex stream, const SeenEntry& entry, Time now);

    // ---- membership
    MemberTimes& need_times(StreamIndex stream);
    void end_time(StreamIndex stream, Seq32 last);
    void begin_time(StreamIndex stream, Seq32 first);
    void begin_untold(StreamIndex stream);
    /// As another device of the user was told, or whoever asked.
    void told_left(StreamIndex stream, Seq32 last);
    void told_joined(StreamIndex stream, Seq32 first);
    void for_each_other_device(StreamIndex stream, const std::function<void(StreamIndex)>& visit) const;
    bool within_membership(StreamIndex stream, const SeenEntry& entry, Time now);
    /// Whether the time that began again began with the receiver's own `joined` entry.
    void judge_return(StreamIndex stream, const SeenEntry& entry, Time now);
    void leaked_to_leaver(StreamIndex stream, const SeenEntry& entry, std::string_view why, Time now);
    /// The log is the one that the run began with, so that its numbers say who was a member when.
    [[nodiscard]] bool first_log(StreamIndex stream) const {
        return epoch_of(stream) == evidence.conversations[conversation_of(stream).index()].epoch;
    }
    /// Where the receiver's part ends, at most `head`.
    [[nodiscard]] Sequence end_of_part(StreamIndex stream, Sequence head) const {
        const MemberTimes* const times = evidence.times_of(stream);
        return times == nullptr || times->last == 0 ? head : std::min<Sequence>(head, times->last);
    }

    // ---- beside the log
    void leaked_beside(DeviceIndex receiver, std::optional<ConversationIndex> conversation,
                       std::optional<UserIndex> user, std::string_view why, Time now);
    [[nodiscard]] RawEvidence claim_about(const ReactionPlace& place, DeviceIndex receiver, Time now) const;
    /// Where such claims are counted; null: it is new, and the book is full.
    template <class Claim>
    [[nodiscard]] TalkBook::Heard* claimed(std::map<Claim, TalkBook::Heard>& claims, const Claim& claim) {
        if (const auto known = claims.find(claim); known != claims.end()) return &known->second;
        return claims.size() < TalkBook::claims_max ? &claims[claim] : nullptr;
    }

    // ---- the drain
    /// Without numbers `owed` counts deliveries: ours to all workers' receivers less all workers' to ours.
    void owe(const LedgerEntry& entry, bool more);
    [[nodiscard]] bool behind(StreamIndex stream) const;

    /// Keeps `owed` right over one change of a stream.
    class OwedGuard {
      public:
        OwedGuard(Impl& impl, StreamIndex stream)
            : impl_(impl), stream_(stream), was_behind_(impl.behind(stream)) {}
        ~OwedGuard() {
            impl_.owed -= was_behind_ ? 1 : 0;
            impl_.owed += impl_.behind(stream_) ? 1 : 0;
        }
        OwedGuard(const OwedGuard&) = delete;
        OwedGuard& operator=(const OwedGuard&) = delete;

      private:
        Impl& impl_;
        StreamIndex stream_;
        bool was_behind_;
    };
};

}  // namespace hubbub
