// One worker's eyes: it judges every entry at receipt, keeps what only all workers together can judge, and
// never talks to others. Owned by one worker core; its thread only. After the run, judge.hpp merges the
// workers' evidence.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/histogram.hpp"
#include "loadgen/check/stamp.hpp"
#include "loadgen/plan/abilities.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// What identifies the run to stamps and hashes; equal in all workers.
struct RunKey {
    std::uint32_t run = 0;       ///< 24 bits
    std::uint64_t hash_key = 0;  ///< for XXH3
    Time epoch{};                ///< time 0 of the stamps
};

/// One entry as decoded once per distinct frame in a worker; equal frames to other receivers reuse it.
struct SeenEntry {
    EntryKind kind = EntryKind::message;
    ConversationIndex conversation;
    Sequence sequence = 0;
    bool sender_known = false;  ///< the wire's user and device are in the plan
    DeviceIndex sender;         ///< from the wire, when known
    WireNumber number = 0;      ///< from the wire
    std::uint64_t content_hash =
        0;               ///< keyed XXH3 over kind, sender name, device name, n and body or members
    StampReading stamp;  ///< messages only
};

/// How an entry came.
enum class ArrivedBy : std::uint8_t { live, catch_up };

/// What the worker should do after an entry.
enum class StreamStep : std::uint8_t {
    in_step,
    repeated,  ///< already seen (accused or excused inside)
    gap,       ///< something before it is missing: repair by history from missing_from()
};

/// A row of the ledger: one intended message of one of this worker's devices.
using LedgerRow = std::uint32_t;

class Checker {
  public:
    Checker(const Plan& plan, Slice slice, RunKey key, BackendAbilities abilities);
    ~Checker();

    /// Before the load: where a conversation's log stands after setup. Its streams expect head + 1 next.
    void conversation_ready(ConversationIndex conversation, Epoch epoch, Sequence head);

    // ---- sending (own devices)
    /// A send fell due. `phase`: index in the scenario. Gives the row; k is counted inside.
    LedgerRow intended(StreamIndex stream, std::uint32_t phase, Time intended);
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
    /// Answered by an error. Definite: it is no ghost of ours if nobody sees it, and a phantom if somebody
    /// does.
    void rejected(LedgerRow row, ErrorCode code);
    /// The server says it took it long ago under a q it no longer knows (already_sent): acknowledged without
    /// a position.
    void acked_unknown(LedgerRow row, Time now);

    // ---- receiving (own devices)
    /// Decodes what depends on bytes only; the worker caches the result by frame bytes.
    [[nodiscard]] SeenEntry examine(const Entry& entry, ConversationIndex conversation) const;
    StreamStep received(StreamIndex stream, const SeenEntry& entry, ArrivedBy how, Time now);
    /// An entry of a conversation this device is no member of, or of no known conversation: a leak.
    void received_by_stranger(DeviceIndex receiver, const SeenEntry& entry, Time now);
    /// The server's answer to a resume of this stream: announces from..head as overlap; a wrong epoch, start
    /// or head is accused here.
    void resumed(StreamIndex stream, Position asked, const ResumedPosition& answer, Time now);
    /// The connection ended: what was in flight is gone; a gap that a reset explains is no gap_live.
    void disconnected(DeviceIndex device);
    /// First missing entry of a stream; next_expected when none.
    [[nodiscard]] Sequence missing_from(StreamIndex stream) const;
    [[nodiscard]] Position position(StreamIndex stream) const;  ///< for resume: last contiguous entry
    /// An entry of a history page that was read to repair `stream`.
    void repaired(StreamIndex stream, const SeenEntry& entry, Time now);

    // ---- the drain
    /// Per conversation: highest acknowledged sequence number among this worker's own sends (0: none).
    [[nodiscard]] const std::vector<Sequence>& acked_heads() const;
    /// The same over all workers, handed in by the conductor; from here "owed" is defined.
    void expected_heads(const std::vector<Sequence>& heads);
    /// Streams of online devices that are behind the expected head.
    [[nodiscard]] std::uint64_t owed() const;
    void for_each_owed(const std::function<void(StreamIndex)>& visit) const;
    /// The settle time passed on an open connection: what is still owed to this stream is a live gap, and
    /// will be resumed or paged.
    void overdue(StreamIndex stream, Time now);
    /// Final history audit of one conversation by one reader: call for every entry in page order, then
    /// audited().
    void audit_entry(ConversationIndex conversation, const SeenEntry& entry);
    void audited(ConversationIndex conversation, Sequence reported_head);
    /// The audit could not be completed (reader could not connect): unverified, never a pass.
    void audit_failed(ConversationIndex conversation);
    /// The device could not be brought back: what it is owed is unverified, not lost.
    void unreachable(DeviceIndex device);

    // ---- live figures (read by the owner thread; published by the worker)
    struct Live {
        std::uint64_t sent = 0, acked = 0, rejected = 0, delivered = 0, duplicate_raw = 0, gap_live = 0,
                      gap_healed = 0, leaked = 0, corrupt = 0, phantom = 0, disagreement = 0, resume = 0;
    };
    [[nodiscard]] const Live& live() const;
    /// Histograms so far, for live percentiles.
    [[nodiscard]] const Histogram& delivery_latency() const;

  private:
    friend class Judge;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
