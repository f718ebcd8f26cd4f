// One worker's eyes: it judges every entry at receipt, keeps what only all workers together can judge, and
// never talks to others. Owned by one worker core; its thread only. After the run, judge.hpp merges the
// workers' evidence.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/histogram.hpp"
#include "loadgen/check/latency_book.hpp"
#include "loadgen/check/ledger.hpp"
#include "loadgen/check/seen_entry.hpp"
#include "loadgen/check/stream_table.hpp"
#include "loadgen/check/talk_book.hpp"
#include "loadgen/plan/abilities.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

class LatencyBook;

/// What identifies the run to stamps and hashes; equal in all workers.
struct RunKey {
    using PlainBytes = void;
    std::uint32_t run = 0;       ///< 24 bits
    std::uint64_t hash_key = 0;  ///< for XXH3
    Time epoch{};                ///< time 0 of the stamps
};

/// How an entry came.
enum class ArrivedBy : std::uint8_t { live, catch_up };

class PresenceBook;
class ReceiptBook;
struct WorkerEvidence;

class Checker {
  public:
    Checker(const Plan& plan, Slice slice, RunKey key, BackendAbilities abilities);
    ~Checker();

    /// Before the load: where a conversation's log stands after setup. Its streams expect head + 1 next.
    void conversation_ready(ConversationIndex conversation, Epoch epoch, Sequence head);

    /// A phase begins at `start` (the conductor's BeginPhase; every worker must be told, before an entry of
    /// the phase can arrive): deliveries belong to the phase of their intended time.
    void begin_phase(std::uint32_t phase, Time start);

    // ---- sending (own devices)
    /// A send fell due. `phase`: index in the scenario. Gives the row; k is counted inside.
    LedgerRow intended(StreamIndex stream, std::uint32_t phase, Time intended);
    /// The same for a send that another message brought about: in the phase of its intended time, and no part
    /// of the load that the scenario asks for.
    LedgerRow induced(StreamIndex stream, const SendAbout& about, Time intended);
    /// What the row's send is about.
    [[nodiscard]] const SendAbout& about(LedgerRow row) const;
    /// Makes the body (stamp + filler) at the first attempt; retries must send the same bytes, which the
    /// worker keeps or asks for again
    /// (`body` is deterministic: same row, same bytes).
    void body(LedgerRow row, std::uint32_t body_bytes, Time first_attempt, std::string& out);
    /// The wire number under which it was sent, and that bytes may have left: from here it is indeterminate
    /// until answered.
    void attempted(LedgerRow row, WireNumber number, Time now);
    /// Acknowledged under `sequence`: for the sending device this *is* its delivery; steps its stream.
    /// `resend`: the answer to a resend (its place in the stream may be far back).
    StreamStep acked(LedgerRow row, Sequence sequence, bool resend, Time now);
    /// Whether an entry of a catch-up is this very message, so that it stands for the ack. The wire's device
    /// and n alone do not prove it.
    [[nodiscard]] bool shows(const SeenEntry& entry, LedgerRow row) const;
    /// Acknowledged although nothing waits for that: once more, perhaps under a second number, which is then
    /// the sender's delivery like the first. False: nothing was sent under this number lately.
    bool acked_again(StreamIndex stream, WireNumber number, Sequence sequence, Time now);
    /// Answered by an error. Definite: it is no ghost of ours if nobody sees it, and a phantom if somebody
    /// does.
    void rejected(LedgerRow row, ErrorCode code);
    /// This attempt certainly failed and the send will be tried again (overloaded; behind a rejected one): as
    /// if it had not been attempted yet. Ignored when an earlier attempt may have been accepted.
    void not_taken(LedgerRow row, Time now);
    /// The server says it took it long ago under a q it no longer knows (already_sent): acknowledged without
    /// a position.
    void acked_unknown(LedgerRow row, Time now);

    // ---- receiving (own devices)
    /// Decodes what depends on bytes only; the worker caches the result by frame bytes.
    [[nodiscard]] SeenEntry examine(const Entry& entry, ConversationIndex conversation) const;
    StreamStep received(StreamIndex stream, const SeenEntry& entry, ArrivedBy how, Time now);
    /// The server says, in their place, that it does not send these entries to a reader that is too slow:
    /// they are to be paged. The history must show them.
    StreamStep skipped(StreamIndex stream, const Skipped& said, Time now);
    /// An entry of a conversation this device is no member of, or of no known conversation: a leak.
    void received_by_stranger(DeviceIndex receiver, const SeenEntry& entry, Time now);
    /// The server's answer to a resume that named this stream at `asked`: announces from..head as overlap; a
    /// wrong epoch, start or head is accused. Not for conversations that the resume did not name.
    void resumed(StreamIndex stream, Position asked, const ResumedPosition& answer, Time now);
    /// The conversation that a stamped body of this run names; nothing without one.
    [[nodiscard]] std::optional<ConversationIndex> conversation_of_stamp(std::string_view body) const;
    /// The device's session is up (again). Where entries have no numbers: what was sent before may pass it
    /// by.
    void went_live(DeviceIndex device, Time now);
    /// The connection ended: what was in flight is gone; a gap that a reset explains is no gap_live.
    void disconnected(DeviceIndex device);
    /// First missing entry of a stream; next_expected when none.
    [[nodiscard]] Sequence missing_from(StreamIndex stream) const;
    /// For resume: epoch and last contiguous entry. The conversation's id is the worker's to fill in.
    [[nodiscard]] Position position(StreamIndex stream) const;
    /// An entry of a history page that was read to repair `stream`.
    void repaired(StreamIndex stream, const SeenEntry& entry, Time now);

    // ---- memberships that end and begin again (own users)
    /// The user asks to leave, or to join again: from here the log may show one such entry more of it.
    void asks(StreamIndex stream, EntryKind what);
    /// The user's membership ended with entry `last` (the answer to `leave`): nothing behind it is his.
    void left(StreamIndex stream, Sequence last);
    /// It began again with entry `first` (the answer to `join`): what follows is owed, whoever tells it.
    void joined(StreamIndex stream, Sequence first, Time now);
    /// Ended, and everything up to its end is there.
    [[nodiscard]] bool out(StreamIndex stream) const;
    /// Ended, and entries of it were announced as not sent: history is refused by now, a resume has them.
    [[nodiscard]] bool has_rest_by_resume(StreamIndex stream) const;
    /// Ended: whoever asks for its history is refused.
    [[nodiscard]] bool ended(StreamIndex stream) const;
    /// An unasked answer as to a resume: the user is in again, from `answer.from` on. False: he was in
    /// already, and the answer is nonsense.
    bool rejoined(StreamIndex stream, const ResumedPosition& answer, Time now);

    // ---- history read while the load runs
    /// What the pages that are asked for now must show: of which log, the first entry that is the reader's,
    /// and the newest that it has seen.
    struct ReadPromise {
        Epoch epoch = 0;
        Sequence first = 0, newest = 0;
    };
    [[nodiscard]] ReadPromise read_begins(StreamIndex stream) const;
    /// The page of the entries below `before`, asked for when the reader stood at `promise`.
    void read_page(StreamIndex stream, const ReadPromise& promise, Sequence before, Time asked,
                   const HistoryPage& page, Time now);

    // ---- beside the log (own users)
    /// The device's k-th message in its conversation is this row.
    [[nodiscard]] std::uint32_t k_of(LedgerRow row) const;
    /// Something was told to `receiver` about a conversation, or about a user in it (nothing: an unknown
    /// one). False: it is a leak, and counted.
    bool heard_in(DeviceIndex receiver, std::optional<ConversationIndex> conversation, Time now);
    bool heard_about(DeviceIndex receiver, std::optional<ConversationIndex> conversation,
                     std::optional<UserIndex> user, Time now);
    /// An own user said that it types there.
    void typed(UserIndex user, ConversationIndex conversation);
    /// Somebody is said to type, or not any more, to a device that may hear it.
    void typing_heard(DeviceIndex receiver, ConversationIndex conversation, UserIndex user, Time now);
    /// An own user asked for this reaction.
    void reacted(UserIndex user, const ReactionPlace& place);
    /// A device that may hear it is told that somebody reacted, or took it back.
    void reaction_heard(DeviceIndex receiver, UserIndex user, const ReactionPlace& place, bool set, Time now);
    /// A device that may hear it is told how many reacted so.
    void reactions_counted(DeviceIndex receiver, const ReactionPlace& place, std::uint64_t count, Time now);
    void noted(Latency what, ConversationIndex conversation, Time since, Time now);
    [[nodiscard]] TalkBook& talk();
    /// Who is there: kept by the habit that shows and watches it.
    [[nodiscard]] PresenceBook& presence();

    /// What was said and told of receipts; null where nobody reads or the backend tells nothing of it.
    [[nodiscard]] ReceiptBook* receipts();

    // ---- the drain
    /// Per conversation: highest acknowledged sequence number among this worker's own sends (0: none).
    [[nodiscard]] const std::vector<Sequence>& acked_heads() const;
    /// The same over all workers, handed in by the conductor; from here "owed" is defined.
    void expected_heads(const std::vector<Sequence>& heads);
    /// Streams of online devices that are behind the expected head. Where entries have no numbers: deliveries
    /// that this worker's sends are due, less those that its receivers had: only the sum over all workers,
    /// modulo 2^64, says anything.
    [[nodiscard]] std::uint64_t owed() const;
    void for_each_owed(const std::function<void(StreamIndex)>& visit) const;
    /// The settle time passed on an open connection: what is still owed to this stream is a live gap, and
    /// will be resumed or paged.
    void overdue(StreamIndex stream, Time now);
    /// Final history audit of one conversation by one reader, from the entry after setup's head on: call for
    /// every entry in page order, then audited(). A reader that is refused (`forbidden`) found an empty
    /// history: audited(conversation, 0).
    void audit_entry(ConversationIndex conversation, const SeenEntry& entry);
    void audited(ConversationIndex conversation, Sequence reported_head);
    /// The audit could not be completed (reader could not connect): unverified, never a pass.
    void audit_failed(ConversationIndex conversation);
    /// The device could not be brought back: what it is owed is unverified, not lost.
    void unreachable(DeviceIndex device);

    // ---- live figures (read by the owner thread; published by the worker)
    struct Live {
        using PlainBytes = void;
        std::uint64_t sent = 0, acked = 0, rejected = 0, delivered = 0, duplicate_raw = 0, gap_live = 0,
                      gap_healed = 0, leaked = 0, corrupt = 0, phantom = 0, disagreement = 0, resume = 0;
        std::uint64_t history = 0;  ///< by reads during the load
        std::uint64_t skipped = 0;  ///< entries that the target announced as not sent
        std::uint64_t receipts = 0;
        std::uint64_t duplicate = 0, order = 0;  ///< known already now only where entries have no numbers
    };
    [[nodiscard]] const Live& live() const;
    /// Histograms so far, for live percentiles.
    [[nodiscard]] const Histogram& delivery_latency() const;
    /// Of measured phases, by class: what arrived and was acknowledged so far.
    [[nodiscard]] const LatencyBook& latencies() const;
    /// All of it, for the judge.
    [[nodiscard]] const WorkerEvidence& evidence() const;

  private:
    [[nodiscard]] SeenEntry examine_by_stamp(const Entry& entry, SeenEntry seen) const;

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
