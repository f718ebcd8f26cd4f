#!/usr/bin/env python3
"""Breaks the checker, one line at a time, and demands that a test notices.

    tests/loadgen/checker_mutants.py [--build build/release] [--jobs 2] [--only NAME] [--list]

A checker whose test can never fire ships for years. Each mutant below is one textual change in loadgen/check/; the changed file is
compiled in a temporary folder, linked with the unchanged rest and the checker's tests, and at least one test must fail. The libraries
below the checker are taken from a finished build. Prints the survivors; exit code 0: none.
"""
import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CHECK = ROOT / "loadgen/check"
TESTS = ["stamp_test", "stream_table_test", "stream_announcements_test", "latency_test", "check_world", "check_world_server", "check_world_client",
         "violations_test", "content_test", *sorted(path.stem for path in (ROOT / "tests/loadgen").glob("judge_*test.cpp"))]
FLAGS = ["-std=c++20", "-O1", f"-I{ROOT}", f'-DHUBBUB_SOURCE_DIR="{ROOT}"']
# A mutant that hangs is killed by it; far above what a busy machine needs for all tests.
hang_seconds = 600
# The quick tests first: most mutants die in milliseconds.
FILTERS = ["-Judge.*:Kinds/*", "Kinds/*:Judge.Condemns*:Judge.Counts*", "Judge.Never*:Judge.Says*"]

# name, file, old text (once in the file), new text
MUTANTS = [
    # ---- without numbers
    ("a loss without numbers is not seen", "stamp_judge.cpp",
     "++(unknown ? out_.totals.unverified : out_.violations.lost);", "++out_.totals.unverified;"),
    ("who was away has lost something", "stamp_judge.cpp", "!worker.stamps->there_since(device, attempted_us);", "false;"),
    ("unanswered sends are owed", "stamp_judge.cpp", "if (row.acked()) judge_missing", "judge_missing"),
    ("invented messages pass", "stamp_judge.cpp", "if (!sent_.contains(message.name)) invented", "if (false) invented"),
    ("a repetition without numbers is none", "stamp_book.cpp", "        sight.duplicate = judged;\n", ""),
    ("old messages shown again are repetitions", "stamp_book.cpp", "sight.duplicate = judged;", "sight.duplicate = true;"),
    ("a swap without numbers is none", "stamp_book.cpp", "sight.reordered = name.k < last;", "sight.reordered = false;"),
    ("all senders are one", "stamp_book.cpp", "stream.value} << 32 | name.device", "stream.value} << 32"),
    # ---- presence
    ("a wrong sight is not counted", "presence_judge.cpp", "    ++out_.violations.presence;\n", ""),
    ("notices about strangers are not summed", "presence_judge.cpp", "out_.violations.presence += worker->presence.strangers();", ""),
    ("what a watcher is told between its pings is not looked at", "presence_judge.cpp", "if (watcher.prompt_at(next->at)) check", "if (false) check"),
    ("a slow watcher's notices are believed to be fresh", "presence_judge.cpp", "if (watcher.prompt_at(next->at)) check", "if (true) check"),
    ("a stale sight is not looked at", "presence_judge.cpp", "    check(view_at(notes, session.said, first), first);\n", ""),
    ("watchers are owed nothing to see", "presence_judge.cpp", "if (view == nullptr ? nothing_accused_ : view == accused_) return;", "if (view == nullptr || view == accused_) return;"),
    ("a wrong sight is accused at every look", "presence_judge.cpp", "if (view == nullptr ? nothing_accused_ : view == accused_) return;", ""),
    ("who could be held to nothing was checked", "judge.cpp", "if (judge.blind() && out.violations.presence == 0)", "if (false)"),
    ("nobody is ever looked at", "presence_judge.cpp", "    looked_ = true;\n", ""),
    ("there is no patience", "presence_judge.cpp", "std::max(span.from, session.since) + span.patience + lag_", "std::max(span.from, session.since)"),
    ("what is never told is not late", "presence_judge.cpp", "                record(pair, event, open);", "                ;"),
    ("late pongs prove as much as prompt ones", "presence_book.cpp", "at - word <= promise_.beat / 2;", "true;"),
    ("pings far apart prove as much as a row", "presence_book.cpp", "word <= one.last_ping + promise_.beat;", "true;"),
    ("a silence behind an unanswered frame is claimed", "presence_book.cpp", "else if (one.proven_said == micros(last_said))", "else"),
    ("a return does not end an absence", "presence_book.cpp", "    end_last(one.left, at);\n    one.hello", "    one.hello"),
    ("an unanswered farewell is believed", "presence_truth.cpp", "return one.heard != open ? one.heard : one.at + promise_.ttl;", "return one.heard != open ? one.heard : one.at;"),
    ("a wish outlives the server", "presence_truth.cpp", " && row->hello <= wish.said) return", ") return"),
    ("an unanswered wish is granted", "presence_truth.cpp", "        if (wish.granted > at) return std::nullopt;\n", ""),
    ("one device that is gone makes its user gone", "presence_truth.cpp", "all_gone &= level == Level::gone;", "all_gone = level == Level::gone || !here;"),
    ("silence is never away", "presence_truth.cpp", "if (all_silent) return seen_away | seen_offline;", ""),
    # ---- receipt
    ("a gap is not counted", "holes.cpp", "    out.gaps += length(hole);", "    out.gaps += 0;"),
    ("a late entry heals nothing", "holes.cpp", "if (hole->kind == HoleKind::gap) ++out.healed;", ""),
    ("own sends excuse every gap", "holes.cpp", "    if (own_limit == 0) {", "    if (false) {"),
    ("own sends excuse no gap", "holes.cpp", "    if (own_limit == 0) {", "    if (true) {"),
    ("answered sends settle nothing", "holes.cpp", "hole.own_limit < lowest_unanswered", "false"),
    ("others' entries fill tolerated holes unseen", "holes.cpp",
     "hole->kind == HoleKind::maybe_own && !own", "false"),
    ("promises are not kept in mind", "holes.cpp", "        hole.announced = named && how == Follows::pushed;",
     "        hole.announced = false;"),
    ("a promise outlives its catch-up's end", "holes.cpp",
     "            anomaly.missed.push_back({hole.first, hole.last});\n", ""),
    ("known entries may be left out of a catch-up", "holes.cpp",
     "if (first <= last) anomaly.missed.push_back({first, last});", ""),
    ("a lost tail keeps its holes", "holes.cpp",
     "std::erase_if(anomaly.holes, [head](const Hole& hole) { return hole.first > head; });", ""),
    ("a repeated push is no duplicate", "stream_table.cpp", "out.duplicate = pushed &&", "out.duplicate = false && pushed &&"),
    ("an overlap excuses nothing", "stream_table.cpp", "pushed && !of_catch_up &&", "pushed &&"),
    ("an overlap excuses for ever", "stream_table.cpp", "        anomaly.overlap_next = q + 1;\n", ""),
    ("an overlap outlives the next live entry", "stream_table.cpp",
     "            anomaly.overlap_next = anomaly.overlap_last + 1;\n", ""),
    ("the push after a repair is accused", "stream_table.cpp",
     "if (how == Came::page && !never_pushed) note_paged(anomaly.paged, q);", ""),
    ("a catch-up that is slower than the drain breaks its promise", "stream_table.cpp", "        take(anomaly.missed, q);  // the drain was impatient, the promise is kept\n", ""),
    ("what stands behind a slow catch-up is a gap", "stream_table.cpp", "        if (catching_up)\n", "        if (false)\n"),
    ("what stands behind a catch-up that is over is none", "stream_table.cpp", "        if (catching_up)\n", "        if (true)\n"),
    ("an announcement is accused", "stream_table.cpp", "anomaly.holes.push_back({state.next, until, HoleKind::skipped, false, 0});",
     "open_gap(anomaly, {state.next, until}, own_limit, out);"),
    ("an announcement overtakes nothing", "stream_table.cpp", "        open_gap(anomaly, {state.next, from - 1}, own_limit, out);\n", ""),
    ("an announcement excuses what waited below", "stream_table.cpp", "    overtake(anomaly, from, own_limit, false, out);\n", ""),
    ("an announcement ends no catch-up", "stream_table.cpp", "    if (from > anomaly.overlap_last) {", "    if (false) {"),
    ("an announcement outlives its connection", "stream_table.cpp",
     "if (hole.kind == HoleKind::skipped) hole.kind = HoleKind::cut;", ""),
    ("the page of what was announced excuses a push", "stream_table.cpp", " && !never_pushed", ""),
    ("an announcement excuses disorder", "holes.cpp", "(was == HoleKind::skipped || was == HoleKind::gone) && pushed && !own", "false"),
    ("what is gone may be pushed in any order", "holes.cpp", "(was == HoleKind::skipped || was == HoleKind::gone)", "was == HoleKind::skipped"),
    ("what is gone is asked for", "stream_table.cpp", "if (hole.kind != HoleKind::gone) return hole.first;", "return hole.first;"),
    ("what is gone is to be paged", "checker_impl.cpp", "if (answer.status == ResumeStatus::gone) return Follows::nothing;", "if (answer.status == ResumeStatus::gone) return Follows::paged;"),
    ("a second ack has no place", "checker_impl.cpp", "    if (evidence.abilities.echo == Echo::all) return;\n    // As with", "    return;\n    // As with"),
    ("a second ack may name any place", "conversation_judge.cpp", "            canon_.at(again.q).shows(again.device, again.k))", "            true)"),
    ("an announcement takes a promise back", "holes.cpp", "hole.kind != HoleKind::waiting || hole.announced) continue;",
     "hole.kind != HoleKind::waiting) continue;"),
    ("what waited cannot be announced", "holes.cpp", "        hole.kind = HoleKind::skipped;\n", ""),
    ("a resume does not promise what was announced", "holes.cpp", "hole.kind == HoleKind::cut || hole.kind == HoleKind::skipped ||", "hole.kind == HoleKind::cut ||"),
    ("announced numbers need no history", "conversation_judge_log.cpp", ", log->announced_head});", "});"),
    ("a repair excuses for ever", "stream_table.cpp", "        ranges.erase(range);", "        (void)range;"),
    ("a disconnect keeps promises open", "stream_table.cpp", "hole.announced = false;", ";"),
    ("nothing is ever overdue", "stream_table.cpp", "        open_gap(anomaly, {state.next, head}, own_limit, out);", ""),
    ("a page stands for the push", "stream_table.cpp", "        if (how != Came::page) {", "        if (true) {"),
    ("a reset does not move the stream back", "stream_table.cpp", "        state.next = head + 1;\n    }\n    if (state.next <= head)",
     "    }\n    if (state.next <= head)"),
    ("a reset forgets what was held", "stream_table.cpp", "        end_log(anomaly, state.next, head);\n", ""),
    ("a leak is not counted", "checker_receive.cpp", "++evidence.live.leaked;", ""),
    ("a late start of a catch-up is fine", "checker_receive.cpp",
     ": !head_fell && answer.from != std::max<Sequence>(asked.sequence, base) + 1;", ": false;"),
    ("a return that only the answer to join told is no place to go on from", "checker_receive.cpp", "std::max<Sequence>(asked.sequence, base) + 1;", "asked.sequence + 1;"),
    # ---- memberships that end and begin again
    # Each of the two conditions finds most of what the other does.
    ("who left may be told what follows", "checker_membership.cpp",
     """    if (times->last != 0 && entry.sequence > times->last) {
        leaked_to_leaver(stream, entry, "reached a device whose user had left", now);
        return false;
    }
    const Seq32 base = evidence.conversations[conversation_of(stream).index()].base;
    if (entry.sequence > base &&""", """    const Seq32 base = evidence.conversations[conversation_of(stream).index()].base;
    if (times->last == 0 && entry.sequence > base &&"""),
    ("who was out may be told what was said meanwhile", "checker_membership.cpp", "if (entry.sequence > base && !times->covers(static_cast<Seq32>(entry.sequence)) && first_log(stream)) {", "if (false) {"),
    ("the log before the load was said while its members were out", "checker_membership.cpp", "if (entry.sequence > base && !times->covers", "if (!times->covers"),
    ("whoever is resumed is in again", "checker_membership.cpp", "    if (entry.sequence == times.first) times.strange = true;\n", ""),
    ("who is let in late is a stranger for ever", "checker_membership.cpp", "    if (own_return) times.strange = false;\n", ""),
    ("another's return is one's own", "checker_membership.cpp", "entry.kind == EntryKind::joined && entry.by ==", "entry.kind == EntryKind::joined || entry.by =="),
    ("a return of anybody is one's own", "checker_membership.cpp", "entry.kind == EntryKind::joined && entry.by == evidence.plan.user_of(device_of(stream));", "entry.kind == EntryKind::joined;"),
    ("a return that nobody tells is none", "checker_drain.cpp", "        if (times.joined != 0) impl_->begin_untold", "        if (false) impl_->begin_untold"),
    ("a departure ends the time before the one that others heard of", "checker_membership.cpp", "times->joined != 0 && times->joined <= last) begin_untold(stream);", "false) begin_untold(stream);"),
    ("a time that others heard of cannot be told", "checker_membership.cpp", "const bool known = times->untold && answer.from == times->first;", "const bool known = false;"),
    ("a return may be told again and again", "checker_membership.cpp", "    impl_->need_times(stream).untold = false;\n", ""),
    ("an answer from before a return is a fault", "checker_receive.cpp", "if (times != nullptr && times->untold && answer.status == ResumeStatus::forbidden) return;", ""),
    ("pages may show what was said before the reader joined", "checker_reads.cpp", "        if (entry.sequence < promise.first)\n", "        if (false)\n"),
    ("pages may be of any place", "checker_reads.cpp", "if (page.entries.back().sequence >= before)", "if (false)"),
    ("pages may be of any log", "checker_reads.cpp", "        if (page.epoch != evidence.conversations[conversation.index()].epoch)\n", "        if (false)\n"),
    ("anybody may be shown to have left", "conversation_judge_changes.cpp", "if (++shown[who] <= asked[who]) continue;", "continue;"),
    ("who asked to leave may be shown to have joined", "conversation_judge_changes.cpp", "asked[{one.user, EntryClass::membership}] += one.changes.joins;", "asked[{one.user, EntryClass::membership}] += one.changes.joins + one.changes.leaves;"),
    ("a departure that was asked for is invented", "conversation_judge_changes.cpp", "        asked[{one.user, EntryClass::left}] += one.changes.leaves;\n", ""),
    ("who is not of the plan must have asked here", "conversation_judge_changes.cpp", " || record.number == 0) continue;", ") continue;"),
    ("a long reset must start after the entry that was named", "checker_receive.cpp", "anew ? answer.from > Sequence{base} + 1\n", "answer.status == ResumeStatus::reset ? answer.from > Sequence{base} + 1\n"),
    ("a log that begins anew may begin anywhere", "checker_receive.cpp", "anew ? answer.from > Sequence{base} + 1\n", "anew ? false\n"),
    ("another epoch passes for ok", "checker_receive.cpp", "const bool unsaid = keeps && answer.epoch != asked.epoch;", "const bool unsaid = false;"),
    ("a log that begins anew is half known", "checker_receive.cpp", "    if (anew) evidence.streams.forget(evidence.slot(stream), base);\n", ""),
    ("a hole that a reset found was held", "holes.cpp", "            anomaly.unseen.push_back({std::max(hole.first, anomaly.high + 1), hole.last});", "            ;"),
    ("the sender holds what others lack", "canon.cpp", "count += holder.own ? 0 : 1;", "count += 1;"),
    ("after a reset the unreachable have lost", "conversation_judge.cpp", "const std::uint32_t excused = unreachable_without(row, place) +", "const std::uint32_t excused ="),
    ("after a reset the unreachable excuse the others", "conversation_judge.cpp", "if (!known || !odd.worker->streams.ever_held(slot, *place)) ++count;", "++count;"),
    ("the unreachable in step with the old log hold the new one", "conversation_sorter.cpp", "if (in_step && !(unreachable && rewound[conversation])) continue;", "if (in_step) continue;"),
    ("another epoch is fine", "checker_receive.cpp", ": answer.epoch != first_epoch;", ": false;"),
    ("the way back to the first epoch is accused", "checker_receive.cpp", ": answer.epoch != first_epoch;", ": true;"),
    ("a reset under the same epoch is fine", "checker_receive.cpp", "answer.epoch == asked.epoch ? anew :", "answer.epoch == asked.epoch ? false :"),
    ("a falling head is fine", "checker_receive.cpp", "!refused && answer.head < asked.sequence;", "false;"),
    ("a refused member is fine", "checker_receive.cpp", "if (refused || (strange_epoch && !unsaid)", "if ((strange_epoch && !unsaid)"),
    ("another's message in one's own name is one's own", "checker_receive.cpp",
     "(entry.stamp.state != StampState::valid || entry.stamp.stamp.device == device)", "true"),
    ("pages are not compared", "checker_receive.cpp",
     "    impl_->account(stream, q, outcome, now);\n    impl_->observe(stream, entry, own, outcome.first_time, now);\n}\n\n}  // namespace hubbub",
     "    impl_->account(stream, q, outcome, now);\n    if (outcome.first_time) impl_->observe(stream, entry, own, true, now);\n}\n\n}  // namespace hubbub"),
    ("impossible numbers are kept", "checker_impl.cpp", "    ++evidence.implausible;\n", ""),
    # ---- sending
    ("a refused resend counts as rejected", "checker.cpp", "!traits(code).definite || entry.retried", "!traits(code).definite"),
    ("an indefinite error counts as rejected", "checker.cpp", "!traits(code).definite || entry.retried", "entry.retried"),
    ("a second ack under another number is forgotten", "checker.cpp", "        evidence.ledger.acked_again(row, q);", ""),
    ("a second ack that nobody waits for is forgotten", "checker.cpp", "            impl_->acked_elsewhere(row - 1, static_cast<Seq32>(sequence), now);", "            {}"),
    ("k stands still", "ledger.cpp", "++senders_[sender - 1].intended", "senders_[sender - 1].intended + 1"),
    ("sends stay unanswered", "ledger.cpp", "    std::erase(unanswered, row);", ""),
    ("a resend is not remembered", "ledger.cpp", "        entry.retried = 1;\n", ""),
    # ---- contents
    ("contents are not compared", "conversation_log.cpp", "known.hash != entry.content_hash || how == Sighting::own",
     "how == Sighting::own"),
    ("receivers are not counted", "conversation_log.cpp", "        ++known.count;\n", ""),
    ("audits leave no mark", "conversation_log.cpp", "        known.audited = 1;\n", "        {}\n"),
    ("a wrong sender fits", "conversation_log.cpp", "entry.sender_known && entry.sender == stamp.device &&", ""),
    ("a stamp of elsewhere fits", "conversation_log.cpp", " && stamp.conversation == entry.conversation;\n    return fits", ";\n    return fits"),
    ("a foreign stamp is an invented one", "conversation_log.cpp", "            return EntryClass::foreign;",
     "            return EntryClass::unstamped;"),
    ("replies have no parents", "conversation_log.cpp", "if (about != SendAbout{}) related_", "if (false) related_"),
    ("the hash forgets the sender", "content.cpp", "keyed_hash(user, key)", "keyed_hash(\"\", key)"),
    ("the hash forgets the number", "content.cpp", "mix64(number, static_cast", "mix64(0, static_cast"),
    ("the hash forgets the body", "content.cpp", "number, key), hash_of_body))", "number, key), hash_of_body * 0))"),
    ("the checksum forgets the filler", "stamp.cpp", "keyed_hash(filler, mix64", "keyed_hash(\"\", mix64"),
    ("the checksum is not looked at", "stamp.cpp", "if (cursor.get(checksum_bytes) != checksum(", "if (false && cursor.get(checksum_bytes) != checksum("),
    # ---- receipts
    ("a receipt for somebody who is away by plan is timed", "receipt_book.cpp",
     "    if (out_.planned_offline(plan_.stream_device[receiver.index()], pending.at.get())) return;\n", ""),
    ("who is away when the load ends is back at once", "worker_evidence.cpp", "sessions.absence_at(device, std::min(at, last))", "sessions.absence_at(device, at)"),
    ("who is back after the load is away for ever", "worker_evidence.cpp", "    if (intended_us >= back) return std::nullopt;\n", ""),
    ("a watermark may fall", "receipt_book.cpp", "        fell(receiver, *user, last->marks, marks, now);\n", ""),
    ("what is received may fall", "receipt_book.cpp", "return delivered > other.delivered || read > other.read;", "return read > other.read;"),
    ("what is read may fall", "receipt_book.cpp", "return delivered > other.delivered || read > other.read;", "return delivered > other.delivered;"),
    ("a list may lie below what was told", "receipt_book.cpp", "            fell(asker, *user, due, marks, now);\n", ""),
    ("a list must show what was told after it was asked for", "receipt_book.cpp", "if (asked == told_when_asked_.end()) return now.marks;", "return now.marks;"),
    ("a list need not show what was told before", "receipt_book.cpp", "place < asked->second.size() ? asked->second[place].marks : ReadMarks{};", "ReadMarks{};"),
    ("a fall while a list is under way counts twice", "receipt_book.cpp", "return {std::min(then.delivered, now.marks.delivered), std::min(then.read, now.marks.read)};", "return then;"),
    ("after a fall the higher one is believed", "receipt_book.cpp", "            last->marks = {};", "            ;"),
    ("a list raises what was told", "receipt_book.cpp", "        if (last != nullptr && due.above(marks)) {\n            fell(asker",
     "        if (last != nullptr) last->marks.raise_to(marks), last->connection = connection_of(asker);\n        if (last != nullptr && due.above(marks)) {\n            fell(asker"),
    ("what was on its way before is accused", "receipt_book.cpp", "if (last->connection != connection_of(receiver)) return;", ""),
    ("a new log keeps what the old one told", "receipt_book.cpp", "std::fill(cells_[table - 1].begin(), cells_[table - 1].end(), Cell{});", ";"),
    ("what is read need not be received", "receipt_book.cpp", "    if (marks.read > marks.delivered) {", "    if (false) {"),
    ("more may be told than was said", "receipt_book.cpp", "if (!said || !marks.above(*said)) return true;", "return true;"),
    ("more may be told than was ever said", "receipt_judge.cpp", "if (!told.marks.above(said)) return;", "return;"),
    ("a user is its first device", "receipt_book.cpp", "n < plan_.devices_of(user)", "n < 1"),
    ("receipts may be about anybody", "receipt_book.cpp", "if (!place) return accuse(receiver, user, read, now, \"about somebody who is no member\");", "if (!place) return;"),
    ("receipts may be told to anybody", "receipt_book.cpp", "    ++out_.live.leaked;\n", ""),
    ("readers of large conversations are named", "receipt_book.cpp", "    if (large(conversation_of(receiver)))\n        return", "    if (false)\n        return"),
    ("lists of large conversations name readers", "receipt_book.cpp", "if (*user != self && large(conversation)) {", "if (false) {"),
    ("a list may deny what was said", "receipt_book.cpp", "    if (least.above(own))", "    if (false)"),
    ("a list may leave out who asks", "receipt_book.cpp", "    ReadMarks own;\n", "    ReadMarks own = least;\n"),
    ("lists are not held against other workers", "receipt_book.cpp", "            listed_.push_back(", "            if (false) listed_.push_back("),
    ("everybody keeps what it is told", "receipt_book.cpp", "    return receivers <= receivers_max ||", "    return true ||"),
    ("counts may fall", "receipt_book.cpp", "    if (same && (", "    if (false && ("),
    ("counts on their way before are accused", "receipt_book.cpp", " && last.connection == now_told.connection", ""),
    ("a new log keeps the counts of the old one", "receipt_book.cpp", "    counts_.erase(receiver.value);\n", ""),
    ("all members may have an entry that one of them wrote", "receipt_book.cpp", "if (counts.delivered >= members)", "if (counts.delivered > members)"),
    ("more may have read it than have it", "receipt_book.cpp", "    if (counts.read > counts.delivered)", "    if (false)"),
    ("counts go to anybody", "receipt_judge.cpp", "if (!own.contains(counted.stream) && !unknown", "if (false && !unknown"),
    ("an unanswered send is not counted", "receipt_judge.cpp", " && !unknown.contains(counted.stream)", ""),
    ("more are counted than said so", "receipt_judge.cpp", "if (counted.delivered <= delivered && counted.read <= read) return;", "return;"),
    ("nobody needs to answer", "receipt_judge.cpp", "lists.answered == 0 ? 1 : 0", "0"),
    ("a read is timed at each receiver", "receipt_book.cpp", "    pending.told = true;\n", ""),
    ("a later read restarts the clock", "receipt_book.cpp", "(pending.read != 0 && !pending.told)", "false"),
    ("receipts are not summed", "judge.cpp", "sum.receipts += worker->live.receipts;", ""),
    ("receipts are checked without readers", "judge.cpp", "!somebody_reads(impl.plan)", "false"),
    # ---- the judge
    ("the history is not trusted first", "canon.cpp", "std::tuple{content.audited, in_ledger", "std::tuple{false, in_ledger"),
    ("the ledger is not trusted second", "canon.cpp", "std::tuple{content.audited, in_ledger", "std::tuple{content.audited, false"),
    ("dissenting first comers are forgotten", "canon.cpp", "if (record_dissents) receivers += record.count;", ""),
    ("dissenting late comers are forgotten", "canon.cpp", "        receivers += dissenting.size();", ""),
    ("losses are not counted", "conversation_judge.cpp", "    out_.violations.lost += owed.lost;", "" ),
    ("the unreachable have lost", "conversation_judge.cpp", "++(odd.unreachable || late(row) ? owed.unverified : owed.lost);", "++owed.lost;"),
    ("what was acknowledged too late to be waited for is lost", "conversation_judge.cpp", "++(odd.unreachable || late(row) ? owed.unverified : owed.lost);", "++(odd.unreachable ? owed.unverified : owed.lost);"),
    ("what was taken long ago must be in a history that was read before", "conversation_judge.cpp", "} else if (audited_ && row.entry->late == 0) {", "} else if (audited_) {"),
    ("what was waited for is excused by a late ack", "conversation_judge.cpp", "return row.state == RowState::acked ? row.sequence > evidence_.expected_head : row.late != 0;", "return row.late != 0;"),
    ("a late ack is no late one without numbers", "stamp_judge.cpp", "worker.expected_heads.empty() || row.late != 0 ||", "worker.expected_heads.empty() ||"),
    ("a stamp without a row is no phantom", "conversation_judge.cpp",
     "if (row != nullptr && (row->acked() || row->state == RowState::attempted)) return;", "return;"),
    ("a rejected row excuses a phantom", "conversation_judge.cpp",
     "if (row != nullptr && (row->acked() || row->state == RowState::attempted)) return;", "if (row != nullptr) return;"),
    ("what is invented is taken for corrupt", "conversation_judge.cpp", "const bool expected_here =\n", "const bool expected_here = true ||\n"),
    ("what is corrupt is taken for invented", "conversation_judge.cpp", "const bool expected_here =\n        !rows_.acked_within(q, q).empty() ||", "const bool expected_here = false &&"),
    ("a misfit is fine", "conversation_judge.cpp", "accuse(&Violations::corrupt, \"corrupt\", 1, raw);\n            return;", "return;"),
    ("duplicates are not counted", "conversation_judge.cpp", "accuse(&Violations::duplicate, \"duplicate\", 1, raw);", ""),
    ("second acks are no duplicates", "conversation_judge.cpp",
     "    places.insert(evidence_.second_acks.begin(), evidence_.second_acks.end());\n", ""),
    ("an ack is believed whatever the log shows", "conversation_judge.cpp",
     "if (there.record.k == 0 || there.shows(row.device, row.k)) return row.entry->sequence;", "return row.entry->sequence;"),
    ("after a reset every stream is believed", "conversation_judge.cpp", "    if (as_acked && !rewound_) return", "    if (as_acked) return"),
    ("order is not judged", "conversation_judge_log.cpp", "before->device == row.device && place_before > *place", "false"),
    ("order between devices is judged", "conversation_judge_log.cpp", "before->device == row.device && place_before > *place", "place_before > *place"),
    ("the log may alter what a message is about", "conversation_judge_log.cpp",
     "if (found.op == expected.op && found.target == expected.target) continue;", "continue;"),
    ("only the operation counts", "conversation_judge_log.cpp",
     "if (found.op == expected.op && found.target == expected.target) continue;", "if (found.op == expected.op) continue;"),
    ("plain messages may become edits", "conversation_judge_log.cpp",
     "if (asked.empty() && related_.empty()) return;", "if (asked.empty()) return;"),
    ("receivers may see other targets", "content.cpp", "    if (op == SendOp::text && target == 0) return hash_of_body;",
     "    return hash_of_body;"),
    ("a resend forgets its parent", "checker_impl.cpp", "    stamp.parent_k = about.parent_k;\n", ""),
    ("replies count as load", "judge.cpp", "(row.induced != 0 ? out.induced_by_phase : out.sent_by_phase)", "(out.sent_by_phase)"),
    ("replies have the phase of the load", "checker.cpp", "evidence.latency.phase_at(at)", "1"),
    # ---- beside the log
    ("strangers may hear who types", "checker_talk.cpp",
     "if (conversation && impl_->evidence.plan.stream_of(receiver, *conversation)) return true;", "return true;"),
    ("one may hear about strangers", "checker_talk.cpp",
     "if (!user || !plan.stream_of(plan.device_of(*user), *conversation)) {", "if (false) {"),
    ("one may hear about oneself", "checker_talk.cpp", "if (*user != plan.user_of(receiver)) return true;", "return true;"),
    ("whoever is said to type did so", "talk_judge.cpp", "        out.violations.leaked += heard.notices;\n", ""),
    ("only own users type", "talk_judge.cpp", "        if (typed) continue;\n", ""),
    ("one notice stands for all", "talk_judge.cpp", "known->second.notices += heard.notices;", ""),
    ("lost reactions pass", "talk_judge.cpp", "if (count < made->second.acked)", "if (false)"),
    ("invented reactions pass", "talk_judge.cpp", "            if (count > most)", "            if (false)"),
    ("unanswered reactions are there", "talk_judge.cpp", "all_[place].acked += made.acked;", "all_[place].acked += made.acked + made.unknown;"),
    ("unanswered reactions are not there", "talk_judge.cpp", "made->second.acked + made->second.unknown;", "made->second.acked;"),
    ("invented notices pass", "talk_judge.cpp", "            if (!asked) accuse(heard);", ""),
    ("only own users react", "talk_judge.cpp", "            if (!asked) accuse(heard);", "            accuse(heard);"),
    ("what is told as taken back was asked for", "talk_judge.cpp", "claim.set && std::any_of(", "std::any_of("),
    ("invented counts pass", "talk_judge.cpp", "            if (claim.count > most) accuse(heard);", ""),
    ("what may be there may not be counted", "talk_judge.cpp", "            if (claim.count > most) accuse(heard);", "            if (claim.count >= most) accuse(heard);"),
    ("one wrong notice stands for all", "talk_judge.cpp", "out_.violations.reactions += heard.notices;", "++out_.violations.reactions;"),
    ("reactions are all one user's", "checker_talk.cpp", "std::uint64_t{place.conversation} << 32 | user, place.body", "std::uint64_t{place.conversation} << 32, place.body"),
    ("reactions are all of one kind", "checker_talk.cpp", "<< 32 | user, place.body", "<< 32 | user, 0"),
    ("taking back is explained by asking", "checker_talk.cpp", "if (set && talk.reacted.contains(claim.key())) return;", "if (talk.reacted.contains(claim.key())) return;"),
    ("unread lists are complete", "talk_judge.cpp", "if (listing.complete) listings_", "listings_"),
    ("unread lists prove nothing and cost nothing", "talk_judge.cpp", "++out_.totals.unverified;", ";"),
    ("causality is not judged", "conversation_judge_log.cpp", "if (!parent || *parent < q) continue;", "continue;"),
    ("holes in the history are fine", "conversation_judge_log.cpp", "        if (canon_.at(q).audited) continue;\n        RawEvidence", "        if (true) continue;\n        RawEvidence"),
    ("the server's own head is not held against it", "conversation_judge_log.cpp", "std::max({head, log->reported_head, log->top_at_drain, log->announced_head})", "std::max({head, log->top_at_drain})"),
    ("deliveries before the audit are not held against it", "conversation_judge_log.cpp", "std::max({head, log->reported_head, log->top_at_drain, log->announced_head})", "std::max({head, log->reported_head})"),
    ("an unread history is verified", "conversation_judge_log.cpp", "if (has_acked()) ++out_.totals.unverified;", ""),
    ("open holes are excused", "conversation_judge_log.cpp", "            if (hole.kind != HoleKind::maybe_own) continue;", "            continue;"),
    ("a burned number is excused beside an unanswered send", "conversation_judge_log.cpp", "if (!anothers && !nobodys) continue;", "if (!anothers) continue;"),
    ("broken promises are kept", "conversation_judge_log.cpp", "for (const SeqRange& range : anomaly->missed) missed(", "for (const SeqRange& range : std::vector<SeqRange>{}) missed("),
    ("promises of what exists nowhere are accused", "conversation_judge_log.cpp", "if (!canon_.at(q).present()) continue;\n            RawEvidence", "RawEvidence"),
    ("an honest new epoch is accused", "conversation_judge_log.cpp", "    if (rewritten_ || unknown) return;", "    if (unknown) return;"),
    ("a new epoch in an unread conversation is accused", "conversation_judge_log.cpp", "    if (rewritten_ || unknown) return;", "    if (rewritten_) return;"),
    ("duplicate_raw is not summed", "judge.cpp", "sum.duplicate_raw += worker->live.duplicate_raw;", ""),
    ("leaked is not summed", "judge.cpp", "sum.leaked += worker->live.leaked;", ""),
    ("what is missing is not late", "judge.cpp", "latency.cell(delivery, kind, row.phase).record_missing(missing);", "latency.cell(delivery, kind, row.phase).record_missing(0);"),
    ("what is unanswered is not late", "judge.cpp", "if (!unanswered || !latency.measured(row.phase)) return;", "return;"),
    ("warm-up is measured", "latency_book.cpp", "if (measured_[phase]) series_[static_cast<std::size_t>(what)]", "series_[static_cast<std::size_t>(what)]"),
    ("deliveries belong to the phase in which they arrive", "latency_book.cpp", "const std::size_t phase = phase_at(since_us);", "const std::size_t phase = phase_at(at_us);"),
    ("catch-ups belong to the phase of the return", "latency_book.cpp", "const std::size_t phase = phase_at(intended_us);", "const std::size_t phase = phase_at(back_us);"),
    ("catch-ups count from the message", "latency_book.cpp", "phase, back_us, at_us);", "phase, intended_us, at_us);"),
    ("latency counts from nothing", "latency_book.cpp", "return to_us > from_us ? static_cast<std::int64_t>(to_us - from_us) : 0;", "return static_cast<std::int64_t>(to_us - to_us + (from_us & 0));"),
    ("what is missing is not late in its cohort", "judge.cpp", "    latency.add_missing(one);\n", ""),
    ("an unanswered send is not late in its cohort", "judge.cpp", "latency.of_cohort(Latency::ack, *cohort).record_missing(1);", ";"),
    ("warm-up is measured by cohort", "latency_book.cpp", "    if (measured_[phase_at(since_us)])\n        cohorts_", "    cohorts_"),
    ("evidence comes as it likes", "evidence_book.cpp", "std::upper_bound(kept.begin(), kept.end(), evidence)", "kept.end()"),
]
# A changed header would be seen by nobody: the rest includes the original.
assert all(mutant[1].endswith(".cpp") for mutant in MUTANTS)


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


class Bench:
    def __init__(self, build: pathlib.Path, folder: pathlib.Path, jobs: int):
        self.folder, self.jobs = folder, jobs
        self.compiler = (["ccache"] if shutil.which("ccache") else []) + ["g++"]
        self.libraries = [build / f"libhubbub_{name}.a" for name in ("loadgen_plan", "loadgen_scenario", "protocol", "base")]
        missing = [str(library) for library in self.libraries if not library.exists()]
        if missing:
            sys.exit(f"build these first (cmake --preset release && ninja -C build/release): {', '.join(missing)}")
        self.linker = ["-fuse-ld=mold"] if shutil.which("mold") else []

    def compile(self, source: pathlib.Path, target: pathlib.Path):
        return run(self.compiler + FLAGS + ["-c", str(source), "-o", str(target)])

    def baseline(self):
        jobs = [(source, self.folder / f"{source.stem}.o") for source in sorted(CHECK.glob("*.cpp"))]
        jobs += [(ROOT / f"tests/loadgen/{name}.cpp", self.folder / f"test_{name}.o") for name in TESTS]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for (source, _), done in zip(jobs, pool.map(lambda job: self.compile(*job), jobs)):
                if done.returncode:
                    sys.exit(f"{source}:\n{done.stdout}")
        self.objects = {source.name: target for source, target in jobs}

    def link(self, objects, program):
        return run(["g++"] + self.linker + [str(o) for o in objects] + ["-Wl,--start-group"] + [str(l) for l in self.libraries] +
                   ["-Wl,--end-group", "-lyaml-cpp", "-lsimdjson", "-lrapidcheck", "-lgmock", "-lgtest", "-lgtest_main", "-lpthread",
                    "-o", str(program)])

    def failing(self, program):
        """Name of the first test that fails; a crash or a hang is a failure too."""
        for chosen in FILTERS:
            try:
                done = run([str(program), f"--gtest_filter={chosen}", "--gtest_fail_fast", "--gtest_brief=1"], timeout=hang_seconds)
            except subprocess.TimeoutExpired:
                return "does not end"
            if done.returncode:
                failed = [line for line in done.stdout.splitlines() if line.startswith("[  FAILED  ]")]
                return failed[0].split("]")[1].split("(")[0].split(",")[0].strip() if failed else "crashes"
        return None

    def try_mutant(self, number, mutant):
        name, file, old, new = mutant
        text = (CHECK / file).read_text()
        if text.count(old) != 1:
            return name, "stale", f"the text stands {text.count(old)} times in {file}"
        source = self.folder / f"mutant{number}_{file}"
        source.write_text(text.replace(old, new))
        target, program = source.with_suffix(".o"), self.folder / f"mutant{number}"
        compiled = self.compile(source, target)
        if compiled.returncode:
            return name, "stale", "does not compile:\n" + compiled.stdout
        linked = self.link([target if source_name == file else o for source_name, o in self.objects.items()], program)
        if linked.returncode:
            return name, "stale", "does not link:\n" + linked.stdout
        killer = self.failing(program)
        for leftover in (source, target, program):
            leftover.unlink()
        return name, "killed" if killer else "survived", killer or ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="mutants whose name contains this")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    chosen = [m for m in MUTANTS if not options.only or options.only in m[0]]
    if options.list:
        print("\n".join(f"{m[1]}: {m[0]}" for m in chosen))
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.build, pathlib.Path(folder), options.jobs)
        bench.baseline()
        program = pathlib.Path(folder) / "unchanged"
        linked = bench.link(bench.objects.values(), program)
        if linked.returncode:
            sys.exit(linked.stdout)
        failing = bench.failing(program)
        if failing:
            sys.exit(f"the unchanged checker fails already: {failing}")
        print(f"unchanged: all pass ({time.monotonic() - began:.0f} s)", flush=True)
        bad = []
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for name, fate, detail in pool.map(lambda job: bench.try_mutant(*job), enumerate(chosen)):
                print(f"{fate:9} {name}{': ' + detail if detail else ''}", flush=True)
                if fate != "killed":
                    bad.append(name)
    print(f"{len(chosen)} mutants, {len(chosen) - len(bad)} killed, {time.monotonic() - began:.0f} s")
    for name in bad:
        print(f"NOT KILLED: {name}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
