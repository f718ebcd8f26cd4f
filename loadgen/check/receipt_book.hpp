// What one worker's devices said of receipts, and what they were told of others': the evidence of the check
// `receipts`. Owned by one worker's checker; its thread only. The judge reads it after the run.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "loadgen/check/checker.hpp"
#include "loadgen/check/conversation_log.hpp"
#include "loadgen/check/evidence_book.hpp"
#include "loadgen/check/latency_book.hpp"

namespace hubbub {

/// How far a user has received and read one conversation.
struct ReadMarks {
    using PlainBytes = void;
    Seq32 delivered = 0, read = 0;

    /// Higher than the other in anything.
    [[nodiscard]] bool above(const ReadMarks& other) const;
    void raise_to(const ReadMarks& other);
    friend bool operator==(const ReadMarks&, const ReadMarks&) = default;
};

/// Whether the plan has anybody whose receipts there are to check.
[[nodiscard]] bool somebody_reads(const Plan& plan);

class ReceiptBook {
  public:
    struct Findings {
        Checker::Live& live;
        LatencyBook& latency;
        EvidenceBook& evidence;
        /// Whether the plan has the device offline at this moment (us since the run's epoch): it hears when
        /// it is back, and that time is nobody's fault.
        std::function<bool(DeviceIndex, std::uint64_t)> planned_offline;
    };
    ReceiptBook(const Plan& plan, Slice slice, RunKey key, Findings findings);

    /// In larger conversations this many receivers, chosen by hash, keep what they were told.
    static constexpr std::uint32_t receivers_max = 64;
    static constexpr std::string_view sample = "at most about 64 receivers of a conversation";

    /// An own device said so, and it may have left.
    void said(StreamIndex stream, Sequence delivered, Sequence read, Time now);
    /// The highest that the devices of one of this worker's users said; nothing for users of other workers.
    [[nodiscard]] std::optional<ReadMarks> said_by(UserIndex user, ConversationIndex conversation) const;

    /// A log that was there before the run: up to `base` the device's user may have said everything.
    void said_before(StreamIndex stream, Seq32 base) { said_[slot(stream)] = {base, base}; }
    /// An own device's session is live, on a new connection.
    void connected(DeviceIndex device) { ++connections_[device.value - slice_.first_device]; }
    /// An own device, whose session is live, was told about `user`.
    void noticed(StreamIndex receiver, std::string_view user, Sequence delivered, Sequence read, Time now);
    /// In a large conversation: so many have entry `sequence`, so many have read it.
    void counted(StreamIndex receiver, const ReceiptCounts& counts, Time now);
    /// A device that is no member was told anything of a conversation's receipts.
    void told_to_stranger(DeviceIndex receiver, Time now);
    /// The log of this device begins anew: what it was told of the old one says nothing of the new one.
    void begins_anew(StreamIndex receiver);

    /// At the end: `asker` will ask for the list ...
    void asked(StreamIndex asker);
    /// The question leaves: what it has been told by now the answer must show. What it is told between the
    /// two may be newer: a target that tells slow readers only how it stands last puts that in an older
    /// place.
    void asks(StreamIndex asker);
    /// ... and this is the answer. `least`: what it said itself on this connection right before it asked,
    /// which the answer must show.
    void listed(StreamIndex asker, const ReceiptList& list, ReadMarks least, Time now);

    // ---- for the judge
    /// A watermark of a user of another worker, as somebody was told.
    struct Told {
        using PlainBytes = void;
        std::uint32_t user = 0, conversation = 0, receiver = 0;
        ReadMarks marks;
        std::uint64_t at_us = 0;
    };
    struct Counted {
        using PlainBytes = void;
        std::uint32_t stream = 0;
        Seq32 sequence = 0;
        std::uint32_t delivered = 0, read = 0;
        std::uint64_t at_us = 0;
        std::uint32_t connection = 0;
    };
    /// The last that each receiver was told about each user, and lists that showed more.
    [[nodiscard]] std::vector<Told> told() const;
    [[nodiscard]] std::vector<Counted> counts() const;
    struct Lists {
        using PlainBytes = void;
        std::uint32_t asked = 0, answered = 0;
    };
    /// By conversation; those that were asked about.
    [[nodiscard]] const std::map<std::uint32_t, Lists>& lists() const { return lists_; }

    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.connections_, self.said_, self.tables_, self.cells_, self.listed_, self.counts_,
                self.lists_);
    }

  private:
    /// A read that was said and, as far as this worker saw, not told yet.
    struct Pending {
        Seq32 read = 0;
        Micros40 at;
        bool told = false;
    };
    struct Cell {
        using PlainBytes = void;
        ReadMarks marks;  ///< the highest
        std::uint32_t at_ms = 0;
        std::uint32_t connection = 0;  ///< on which it was told
    };
    [[nodiscard]] std::uint32_t connection_of(StreamIndex stream) const {
        return connections_[plan_.stream_device[stream.index()].value - slice_.first_device];
    }
    [[nodiscard]] std::size_t slot(StreamIndex stream) const { return stream.value - slice_.first_stream; }
    [[nodiscard]] ConversationIndex conversation_of(StreamIndex stream) const {
        return plan_.stream_conversation[stream.index()];
    }
    [[nodiscard]] StreamIndex first_of_user(StreamIndex stream) const;
    /// Where the user stands among the members of the receiver's conversation.
    [[nodiscard]] std::optional<std::uint32_t> place_of(StreamIndex receiver, UserIndex user) const;
    /// What the receiver was told last; null for receivers beside the sample.
    Cell* cell(StreamIndex receiver, std::uint32_t place);
    /// What the list must at least show of a member.
    [[nodiscard]] ReadMarks told_before_asking(StreamIndex asker, std::uint32_t place, const Cell& now) const;
    [[nodiscard]] bool in_sample(StreamIndex receiver) const;
    /// Above limits::talkative_members_max, as the plan knows it: there are counts alone.
    [[nodiscard]] bool large(ConversationIndex conversation) const;
    /// Whether marks can be: else they are accused here, once, and go no further.
    bool fitting(StreamIndex receiver, UserIndex user, const ReadMarks& marks, Time now);
    void fell(StreamIndex receiver, UserIndex user, const ReadMarks& from, const ReadMarks& to, Time now);
    void note_latency(StreamIndex receiver, UserIndex user, Seq32 read, Time now);
    void accuse(StreamIndex receiver, std::optional<UserIndex> user, Sequence sequence, Time now,
                std::string_view why);
    [[nodiscard]] std::uint64_t micros(Time time) const;

    const Plan& plan_;
    const Slice slice_;
    const RunKey key_;
    const bool stays_;  ///< nobody joins or leaves: who is a member is known
    Findings out_;
    std::vector<std::uint32_t> connections_;   ///< by device: how many it had
    std::vector<ReadMarks> said_;              ///< by stream: what this device said, or may have
    std::vector<Pending> pending_;             ///< by stream of the user's first device
    std::vector<std::uint32_t> tables_;        ///< by stream: index + 1 in cells_; 0: nothing was told
    std::vector<std::vector<Cell>> cells_;     ///< by member of the conversation
    std::vector<Told> listed_;                 ///< what lists showed of other workers' users
    std::map<std::uint32_t, Counted> counts_;  ///< by stream
    std::map<std::uint32_t, Lists> lists_;
    std::map<std::uint32_t, std::vector<Cell>> told_when_asked_;  ///< by stream of who asks now
};

}  // namespace hubbub
