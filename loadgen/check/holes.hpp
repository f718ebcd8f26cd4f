// The missing ranges of one stream: split, overtaken, promised, filled. Pure functions on an Anomaly; the
// owner's thread.
#pragma once

#include <optional>

#include "loadgen/check/stream_table.hpp"

namespace hubbub {

/// An entry at `q` came in order on this connection: what is missing below it has been overtaken. With
/// `promised_only` the entry belongs to a catch-up, which overtakes only what the same catch-up promised.
void overtake(Anomaly& anomaly, Seq32 q, std::uint32_t own_limit, bool promised_only, StreamOutcome& out);

/// The catch-up went past first..last: what the stream holds of it already was promised as well, and left
/// out. (What it does not hold is a hole, for overtake().)
void left_out(Anomaly& anomaly, Seq32 first, Seq32 last);

/// A new missing range above all others, overtaken at once.
void open_gap(Anomaly& anomaly, SeqRange range, std::uint32_t own_limit, StreamOutcome& out);

/// The missing entry `q` came: what its hole was. Nothing when it is not missing. `pushed`: as a live entry.
std::optional<HoleKind> fill(Anomaly& anomaly, Seq32 q, bool own, bool pushed, StreamOutcome& out);

/// Missing entries in [first, last] that might still have come are announced as not sent. What a resume
/// promised stays promised, and what was accused stays accused.
void skip(Anomaly& anomaly, Seq32 first, Seq32 last, StreamOutcome& out);

/// The resume in progress names [from, head]: pushed (promised), left to be paged, or gone.
void promise(Anomaly& anomaly, Seq32 from, Seq32 head, Follows how);

/// Holes that own sends below `lowest_unanswered` could explain, and do not.
void judge_own(Anomaly& anomaly, std::uint32_t lowest_unanswered, StreamOutcome& out);

/// A log that reached below `next` is cut back to `head`: holes above are no longer positions, and what was
/// held there is remembered as such.
void end_log(Anomaly& anomaly, Seq32 next, Seq32 head);

}  // namespace hubbub
