#include "loadgen/check/holes.hpp"

#include <algorithm>

namespace hubbub {
namespace {

std::uint32_t length(const Hole& hole) {
    return hole.last - hole.first + 1;
}

void accuse(Hole& hole, StreamOutcome& out) {
    hole.kind = HoleKind::gap;
    if (out.gaps == 0) out.gap_at = hole.first;
    out.gaps += length(hole);
    out.step = StreamStep::gap;
}

void accuse_or_wait_for_own(Hole& hole, std::uint32_t own_limit, StreamOutcome& out) {
    if (own_limit == 0) {
        accuse(hole, out);
    } else {
        hole.kind = HoleKind::maybe_own;
        hole.own_limit = own_limit;
    }
}

// Splits the hole that contains both q - 1 and q, so that every hole lies on one side of q.
void split_at(std::vector<Hole>& holes, Seq32 q) {
    const auto found = std::find_if(holes.begin(), holes.end(),
                                    [q](const Hole& hole) { return hole.first < q && q <= hole.last; });
    if (found == holes.end()) return;
    Hole upper = *found;
    upper.first = q;
    found->last = q - 1;
    holes.insert(found + 1, upper);
}

}  // namespace

void overtake(Anomaly& anomaly, Seq32 q, std::uint32_t own_limit, bool promised_only, StreamOutcome& out) {
    split_at(anomaly.holes, q);
    for (Hole& hole : anomaly.holes) {
        if (hole.first >= q) break;
        if (hole.announced) {
            hole.announced = false;
            anomaly.missed.push_back({hole.first, hole.last});
            if (hole.kind == HoleKind::waiting) hole.kind = HoleKind::cut;
            out.step = StreamStep::gap;
        } else if (hole.kind == HoleKind::waiting && !promised_only) {
            accuse_or_wait_for_own(hole, own_limit, out);
        }
    }
}

void left_out(Anomaly& anomaly, Seq32 first, Seq32 last) {
    for (const Hole& hole : anomaly.holes) {
        if (hole.last < first) continue;
        if (hole.first > last) break;
        if (first < hole.first) anomaly.missed.push_back({first, hole.first - 1});
        first = hole.last + 1;
    }
    if (first <= last) anomaly.missed.push_back({first, last});
}

void open_gap(Anomaly& anomaly, SeqRange range, std::uint32_t own_limit, StreamOutcome& out) {
    Hole hole{range.first, range.last, HoleKind::waiting, false, 0};
    accuse_or_wait_for_own(hole, own_limit, out);
    anomaly.holes.push_back(hole);
}

std::optional<HoleKind> fill(Anomaly& anomaly, Seq32 q, bool own, bool pushed, StreamOutcome& out) {
    auto& holes = anomaly.holes;
    const auto hole =
        std::find_if(holes.begin(), holes.end(), [q](const Hole& h) { return h.first <= q && q <= h.last; });
    if (hole == holes.end()) return std::nullopt;
    const HoleKind was = hole->kind;
    if (hole->kind == HoleKind::gap) ++out.healed;
    if (hole->kind == HoleKind::maybe_own && !own) {
        // Somebody else's entry had been overtaken after all.
        out.gap_at = q;
        ++out.gaps;
        ++out.healed;
    }
    if ((was == HoleKind::skipped || was == HoleKind::gone) && pushed && !own) {
        // Said to be left out, and then sent out of its place: the announcement excuses no disorder.
        out.gap_at = q;
        ++out.gaps;
        ++out.healed;
    }
    if (hole->first == hole->last) {
        holes.erase(hole);
    } else if (q == hole->first) {
        ++hole->first;
    } else if (q == hole->last) {
        --hole->last;
    } else {
        Hole upper = *hole;
        upper.first = q + 1;
        hole->last = q - 1;
        holes.insert(hole + 1, upper);
    }
    return was;
}

void skip(Anomaly& anomaly, Seq32 first, Seq32 last, StreamOutcome& out) {
    split_at(anomaly.holes, first);
    split_at(anomaly.holes, last + 1);
    for (Hole& hole : anomaly.holes) {
        if (hole.first < first || hole.last > last) continue;
        if (hole.kind != HoleKind::waiting || hole.announced) continue;
        hole.kind = HoleKind::skipped;
        out.announced += length(hole);
    }
}

void promise(Anomaly& anomaly, Seq32 from, Seq32 head, Follows how) {
    split_at(anomaly.holes, from);
    for (Hole& hole : anomaly.holes) {
        const bool named = from <= hole.first && hole.last <= head;
        hole.announced = named && how == Follows::pushed;
        const bool excused =
            hole.kind == HoleKind::cut || hole.kind == HoleKind::skipped || hole.kind == HoleKind::gone;
        if (hole.kind == HoleKind::waiting && !hole.announced) hole.kind = HoleKind::cut;
        if (excused && hole.announced) hole.kind = HoleKind::waiting;
        // What was overtaken on an unbroken connection stays accused.
        if (named && how == Follows::nothing && hole.kind == HoleKind::cut) hole.kind = HoleKind::gone;
    }
}

void judge_own(Anomaly& anomaly, std::uint32_t lowest_unanswered, StreamOutcome& out) {
    for (Hole& hole : anomaly.holes)
        if (hole.kind == HoleKind::maybe_own && hole.own_limit < lowest_unanswered) accuse(hole, out);
}

void end_log(Anomaly& anomaly, Seq32 next, Seq32 head) {
    for (const Hole& hole : anomaly.holes)
        if (hole.last > anomaly.high)
            anomaly.unseen.push_back({std::max(hole.first, anomaly.high + 1), hole.last});
    anomaly.high = std::max(anomaly.high, next - 1);
    split_at(anomaly.holes, head + 1);
    std::erase_if(anomaly.holes, [head](const Hole& hole) { return hole.first > head; });
}

}  // namespace hubbub
