#include "loadgen/check/stream_table.hpp"

#include <algorithm>

#include "loadgen/check/holes.hpp"

namespace hubbub {
namespace {

bool contains(const std::vector<SeqRange>& ranges, Seq32 q) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [q](const SeqRange& r) { return r.first <= q && q <= r.last; });
}

// False when it is not in there.
bool take(std::vector<SeqRange>& ranges, Seq32 q) {
    const auto range = std::find_if(ranges.begin(), ranges.end(),
                                    [q](const SeqRange& r) { return r.first <= q && q <= r.last; });
    if (range == ranges.end()) return false;
    const SeqRange upper{q + 1, range->last};
    range->last = q - 1;
    const bool lower_is_empty = range->first > range->last;
    if (upper.first <= upper.last) {
        if (lower_is_empty)
            *range = upper;
        else
            ranges.insert(range + 1, upper);
    } else if (lower_is_empty) {
        ranges.erase(range);
    }
    return true;
}

void note_paged(std::vector<SeqRange>& paged, Seq32 q) {
    if (!paged.empty() && paged.back().last + 1 == q)
        paged.back().last = q;
    else
        paged.push_back({q, q});
}

bool in_order(Came how) {
    return how == Came::live || how == Came::catch_up || how == Came::ack;
}

}  // namespace

StreamOutcome StreamTable::arrive(std::size_t stream, Seq32 q, Came how, bool own, std::uint32_t own_limit) {
    if (how != Came::page && step(stream, q)) return {.first_time = true};
    State& state = states_[stream];
    Anomaly& anomaly = need_anomaly(state);
    StreamOutcome out;

    const bool in_overlap = anomaly.overlap_next <= q && q <= anomaly.overlap_last;
    const bool of_catch_up = in_overlap && (how == Came::live || how == Came::catch_up);
    if (of_catch_up) {
        left_out(anomaly, anomaly.overlap_next, q - 1);
        overtake(anomaly, q, own_limit, true, out);
        anomaly.overlap_next = q + 1;
        take(anomaly.missed, q);  // the drain was impatient, the promise is kept
    } else if (in_order(how) && !in_overlap) {
        overtake(anomaly, q, own_limit, false, out);
        if (q > anomaly.overlap_last) {
            left_out(anomaly, anomaly.overlap_next, anomaly.overlap_last);
            anomaly.overlap_next = anomaly.overlap_last + 1;
        }
    }

    if (q >= state.next) {
        // A page ahead of the stream proves nothing: the entry's own push must still come.
        if (how != Came::page) {
            if (q > state.next) {
                if (how == Came::resent_ack)
                    anomaly.holes.push_back({state.next, q - 1, HoleKind::waiting, false, 0});
                else
                    open_gap(anomaly, {state.next, q - 1}, own_limit, out);
            }
            state.next = q + 1;
            out.first_time = q > anomaly.high || take(anomaly.unseen, q);
        }
    } else if (const auto hole = fill(anomaly, q, own, how == Came::live, out)) {
        out.first_time = q > anomaly.high || take(anomaly.unseen, q);
        // What was announced as not sent has no push that may still come.
        const bool never_pushed = *hole == HoleKind::skipped || *hole == HoleKind::gone;
        if (how == Came::page && !never_pushed) note_paged(anomaly.paged, q);
    } else {
        if (out.step == StreamStep::in_step) out.step = StreamStep::repeated;
        const bool pushed = how == Came::live || how == Came::catch_up;
        // The live push of an entry that we paged ourselves is excused, once.
        out.duplicate = pushed && !of_catch_up && !take(anomaly.paged, q);
    }
    give_back_if_in_step(state);
    return out;
}

StreamOutcome StreamTable::own_answered(std::size_t stream, std::uint32_t lowest_unanswered) {
    StreamOutcome out;
    const State& state = states_[stream];
    if (state.anomaly != 0) judge_own(anomalies_[state.anomaly - 1], lowest_unanswered, out);
    return out;
}

void StreamTable::forget(std::size_t stream, Seq32 base) {
    State& state = states_[stream];
    if (state.next <= base + 1) return;
    Anomaly& anomaly = need_anomaly(state);
    end_log(anomaly, state.next, base);
    state.next = base + 1;
    give_back_if_in_step(state);
}

void StreamTable::restart(std::size_t stream, Seq32 base) {
    State& state = states_[stream];
    if (state.anomaly != 0) {
        anomalies_[state.anomaly - 1] = {};
        free_.push_back(state.anomaly);
    }
    state = {base + 1, 0};
}

bool StreamTable::lacks_skipped(std::size_t stream) const {
    const Anomaly* const out_of_step = anomaly(stream);
    return out_of_step != nullptr &&
           std::any_of(out_of_step->holes.begin(), out_of_step->holes.end(),
                       [](const Hole& hole) { return hole.kind == HoleKind::skipped; });
}

bool StreamTable::ever_held(std::size_t stream, Seq32 q) const {
    const Anomaly* const out_of_step = anomaly(stream);
    if (out_of_step != nullptr && q <= out_of_step->high && !contains(out_of_step->unseen, q)) return true;
    bool missing = false;
    for_each_missing(stream, q,
                     [&](SeqRange range) { missing = missing || (range.first <= q && q <= range.last); });
    return !missing;
}

void StreamTable::resumed(std::size_t stream, Seq32 from, Seq32 head, Follows how) {
    State& state = states_[stream];
    if (from > head && state.next == head + 1 && state.anomaly == 0) return;
    Anomaly& anomaly = need_anomaly(state);
    if (head + 1 < state.next) {
        end_log(anomaly, state.next, head);
        state.next = head + 1;
    }
    if (state.next <= head) {
        anomaly.holes.push_back({state.next, head, HoleKind::cut, false, 0});
        state.next = head + 1;
    }
    promise(anomaly, from, head, how);
    anomaly.overlap_next = from;
    anomaly.overlap_last = how == Follows::pushed ? head : from - 1;
    give_back_if_in_step(state);
}

void StreamTable::disconnected(std::size_t stream) {
    State& state = states_[stream];
    if (state.anomaly == 0) return;
    Anomaly& anomaly = anomalies_[state.anomaly - 1];
    for (Hole& hole : anomaly.holes) {
        hole.announced = false;
        if (hole.kind == HoleKind::skipped) hole.kind = HoleKind::cut;  // it spoke of that connection
    }
    anomaly.paged.clear();
    anomaly.overlap_next = anomaly.overlap_last + 1;
    give_back_if_in_step(state);
}

StreamOutcome StreamTable::skipped(std::size_t stream, Seq32 from, Seq32 until, std::uint32_t own_limit) {
    State& state = states_[stream];
    Anomaly& anomaly = need_anomaly(state);
    StreamOutcome out;
    // It stands in the place of its entries, so what is missing below was overtaken like by an entry.
    overtake(anomaly, from, own_limit, false, out);
    if (from > anomaly.overlap_last) {
        left_out(anomaly, anomaly.overlap_next, anomaly.overlap_last);
        anomaly.overlap_next = anomaly.overlap_last + 1;
    }
    if (state.next < from) {
        open_gap(anomaly, {state.next, from - 1}, own_limit, out);
        state.next = from;
    }
    skip(anomaly, from, until, out);
    if (state.next <= until) {
        anomaly.holes.push_back({state.next, until, HoleKind::skipped, false, 0});
        out.announced += until - state.next + 1;
        state.next = until + 1;
    }
    give_back_if_in_step(state);
    return out;
}

StreamOutcome StreamTable::overdue(std::size_t stream, Seq32 head, std::uint32_t own_limit) {
    State& state = states_[stream];
    StreamOutcome out;
    if (state.next > head && state.anomaly == 0) return out;
    Anomaly& anomaly = need_anomaly(state);
    // What is newer stands behind a catch-up that is under way: only what that leaves out is a fault.
    const bool catching_up = anomaly.overlap_next <= anomaly.overlap_last;
    overtake(anomaly, state.next, own_limit, false, out);
    if (state.next <= head) {
        if (catching_up)
            anomaly.holes.push_back({state.next, head, HoleKind::cut, false, 0});
        else
            open_gap(anomaly, {state.next, head}, own_limit, out);
        state.next = head + 1;
    }
    give_back_if_in_step(state);
    return out;
}

Seq32 StreamTable::missing_from(std::size_t stream) const {
    const Anomaly* const out_of_step = anomaly(stream);
    if (out_of_step == nullptr) return next(stream);
    for (const Hole& hole : out_of_step->holes)
        if (hole.kind != HoleKind::gone) return hole.first;
    return next(stream);
}

const Anomaly* StreamTable::anomaly(std::size_t stream) const {
    const State& state = states_[stream];
    return state.anomaly == 0 ? nullptr : &anomalies_[state.anomaly - 1];
}

void StreamTable::for_each_missing(std::size_t stream, Seq32 upto,
                                   const std::function<void(SeqRange)>& visit) const {
    if (const Anomaly* const out_of_step = anomaly(stream)) {
        for (const Hole& hole : out_of_step->holes)
            if (hole.first <= upto) visit({hole.first, std::min(hole.last, upto)});
    }
    if (next(stream) <= upto) visit({next(stream), upto});
}

Anomaly& StreamTable::need_anomaly(State& state) {
    if (state.anomaly == 0) {
        if (free_.empty()) {
            anomalies_.emplace_back();
            free_.push_back(static_cast<std::uint32_t>(anomalies_.size()));
        }
        state.anomaly = free_.back();
        free_.pop_back();
    }
    return anomalies_[state.anomaly - 1];
}

void StreamTable::give_back_if_in_step(State& state) {
    const Anomaly& anomaly = anomalies_[state.anomaly - 1];
    if (!anomaly.holes.empty() || !anomaly.paged.empty() || !anomaly.missed.empty() || anomaly.high != 0 ||
        anomaly.overlap_next <= anomaly.overlap_last)
        return;
    anomalies_[state.anomaly - 1] = {};
    free_.push_back(state.anomaly);
    state.anomaly = 0;
}

}  // namespace hubbub
