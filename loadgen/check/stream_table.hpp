// What every receiver holds of every conversation: 8 bytes a stream while it is in step, an anomaly record
// while it is not. Pure; owned by one worker's checker, its thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "base/ids.hpp"

namespace hubbub {

/// Sequence numbers are kept in 32 bits: 4 billion entries a conversation. Larger ones are refused before
/// they come here.
using Seq32 = std::uint32_t;

/// What the worker should do after an entry.
enum class StreamStep : std::uint8_t {
    in_step,
    repeated,  ///< already seen (accused or excused inside)
    gap,       ///< something before it is missing: repair by history from missing_from()
};

/// Why entries below `next` are missing, and with it what is said when they stay away or come after all.
enum class HoleKind : std::uint8_t {
    waiting,    ///< may still come in order: announced by a resume, or skipped by the answer to a resend
    maybe_own,  ///< overtaken while own sends were unanswered: they may stand there, their ack lost
    gap,        ///< overtaken on an unbroken connection: accused
    cut,      ///< explained by a disconnect or by the server's own words (too_old): to be paged, not accused
    skipped,  ///< announced in its place as not sent (slow reader): to be paged, and not to be pushed any
              ///< more
    gone,  ///< a resume said that it will never come (delivery at most once): nobody asks for it, it is lost
};

/// What becomes of the entries that the answer to a resume names.
enum class Follows : std::uint8_t {
    pushed,   ///< they come as entries
    paged,    ///< they are to be read by history
    nothing,  ///< they are gone
};

struct Hole {
    using PlainBytes = void;
    Seq32 first = 0, last = 0;
    HoleKind kind = HoleKind::waiting;
    bool announced = false;       ///< the resume in progress promised it
    std::uint32_t own_limit = 0;  ///< maybe_own: own sends up to this number may stand here
};

struct SeqRange {
    using PlainBytes = void;
    Seq32 first = 0, last = 0;
};

/// What a stream needs beyond its next number; most streams never own one, and give it back when in step.
struct Anomaly {
    std::vector<Hole> holes;       ///< rising, disjoint, all below `next`
    std::vector<SeqRange> paged;   ///< filled by a page on this connection: the live push may still come
    std::vector<SeqRange> missed;  ///< promised by a resume, overtaken by what followed
    Seq32 overlap_next = 1, overlap_last = 0;  ///< what is left of the announced range
    /// Highest ever held in a log that a reset ended: up to here an entry is no first one, except `unseen`.
    Seq32 high = 0;
    std::vector<SeqRange> unseen;  ///< below high, and never held

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.holes, self.paged, self.missed, self.overlap_next, self.overlap_last, self.high,
                self.unseen);
    }
};

/// How an entry reached the stream.
enum class Came : std::uint8_t {
    live,
    catch_up,
    ack,         ///< the own send's acknowledgement, in order like a live entry
    resent_ack,  ///< the answer to a resend: comes when it comes
    page,        ///< read to repair
};

struct StreamOutcome {
    StreamStep step = StreamStep::in_step;
    bool first_time = false;  ///< the stream did not hold it
    bool duplicate = false;   ///< the same (c, q) again, outside an announced overlap and not after a repair
    std::uint32_t gaps = 0, healed = 0;  ///< entries accused now, accused entries closed now
    std::uint32_t announced = 0;         ///< entries announced now as not sent
    Seq32 gap_at = 0;                    ///< the first entry accused
};

class StreamTable {
  public:
    explicit StreamTable(std::size_t streams) : states_(streams) {}

    /// The log stands at `base`: base + 1 is next.
    void begin(std::size_t stream, Seq32 base) { states_[stream].next = base + 1; }
    /// The one case that nearly always holds: the entry is the next one of a stream in step.
    bool step(std::size_t stream, Seq32 q) {
        State& state = states_[stream];
        if (q != state.next || state.anomaly != 0) return false;
        ++state.next;
        return true;
    }
    /// `own`: the entry is the receiving device's own send. `own_limit`: the highest number among the
    /// device's own unanswered sends here, 0 when there are none.
    StreamOutcome arrive(std::size_t stream, Seq32 q, Came how, bool own, std::uint32_t own_limit);
    /// All own sends below `lowest_unanswered` have their answer: holes that they could explain are judged.
    StreamOutcome own_answered(std::size_t stream, std::uint32_t lowest_unanswered);
    /// The receiver's part begins anew behind `base`; what it lacked before is forgotten.
    void restart(std::size_t stream, Seq32 base);
    /// The log begins anew: what the stream held above `base` is history, and everything is missing.
    void forget(std::size_t stream, Seq32 base);
    /// Whether the stream held an entry behind `q`, in this log or in one that a reset ended.
    [[nodiscard]] bool ever_held(std::size_t stream, Seq32 q) const;
    /// A resume was answered, which named from..head.
    void resumed(std::size_t stream, Seq32 from, Seq32 head, Follows how);
    void disconnected(std::size_t stream);
    /// The server says, where they would have stood, that it does not send the entries from..until.
    /// `announced` of the outcome: those that were still to come.
    StreamOutcome skipped(std::size_t stream, Seq32 from, Seq32 until, std::uint32_t own_limit);
    /// The time is up on an open connection: what is missing up to `head` counts as overtaken.
    StreamOutcome overdue(std::size_t stream, Seq32 head, std::uint32_t own_limit);

    [[nodiscard]] Seq32 next(std::size_t stream) const { return states_[stream].next; }
    /// The first missing entry that may still come; next() when none.
    [[nodiscard]] Seq32 missing_from(std::size_t stream) const;
    /// Nothing when the stream is in step.
    [[nodiscard]] const Anomaly* anomaly(std::size_t stream) const;
    /// Every missing range up to `upto`.
    void for_each_missing(std::size_t stream, Seq32 upto, const std::function<void(SeqRange)>& visit) const;
    /// Whether it lacks entries that were announced as not sent.
    [[nodiscard]] bool lacks_skipped(std::size_t stream) const;
    [[nodiscard]] std::size_t size() const { return states_.size(); }

    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.states_, self.anomalies_);
    }

  private:
    struct State {
        using PlainBytes = void;
        Seq32 next = 1;
        std::uint32_t anomaly = 0;  ///< index + 1 in anomalies_; 0: in step
    };

    Anomaly& need_anomaly(State& state);
    void give_back_if_in_step(State& state);

    std::vector<State> states_;
    std::vector<Anomaly> anomalies_;
    std::vector<std::uint32_t> free_;
};

}  // namespace hubbub
