#include "loadgen/check/presence_judge.hpp"

#include <algorithm>
#include <tuple>

#include "loadgen/plan/contacts.hpp"

namespace hubbub {
namespace {

constexpr std::uint64_t open = DeviceLife::open;

auto order_of(const PresenceNote& note) {
    return std::tuple(note.watcher, note.user, note.at);
}

/// The last one told by `at` in this session; null: none.
const PresenceNote* view_at(std::span<const PresenceNote> notes, std::uint64_t since, std::uint64_t at) {
    const auto next = std::upper_bound(notes.begin(), notes.end(), at,
                                       [](std::uint64_t t, const PresenceNote& one) { return t < one.at; });
    if (next == notes.begin() || std::prev(next)->at < since) return nullptr;
    return &*std::prev(next);
}

std::string_view why_wrong(SeenAs may, const PresenceNote* view) {
    if (view == nullptr) return "was told nothing of a user that it watches";
    if (view->state == PresenceState::online)
        return may == seen_away ? "sees online who said long ago that it is away"
                                : "sees online who was silent, hidden or gone for long";
    if (view->state == PresenceState::away)
        return may == seen_online ? "sees away whose signs of life arrived in time"
                                  : "sees away who has been offline for long";
    return may == seen_online ? "sees offline whose signs of life arrived in time"
                              : "sees offline who is there and away";
}

}  // namespace

PresenceJudge::PresenceJudge(const Plan& plan, std::span<const WorkerEvidence* const> workers,
                             Findings findings)
    : plan_(plan), workers_(workers), out_(findings), share_(judged_share(plan)) {
    for (const WorkerEvidence* const worker : workers_) {
        const PresencePromise& promise = worker->presence.promise();
        promise_ = {std::max(promise_.beat, promise.beat), std::max(promise_.ttl, promise.ttl)};
    }
    // The next ping goes out within a beat and is answered within half of one.
    lag_ = promise_.beat + promise_.beat / 2;
}

void PresenceJudge::judge() {
    for (const WorkerEvidence* const worker : workers_) {
        out_.violations.presence += worker->presence.strangers();
        out_.evidence.merge(worker->presence.evidence());
        notes_.push_back(worker->presence.notes());
        std::stable_sort(notes_.back().begin(), notes_.back().end(),
                         [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
    }
    collect_pairs();
    for (std::size_t i = 0; i < pairs_.size();) {
        const UserIndex user = pairs_[i].user;
        const UserTruth truth = truth_about(user);
        for (; i < pairs_.size() && pairs_[i].user == user; ++i) {
            const Notes notes = notes_of(pairs_[i]);
            judge_views(pairs_[i], truth, notes);
            measure(pairs_[i], truth, notes);
        }
    }
}

void PresenceJudge::collect_pairs() {
    for (const WorkerEvidence* const worker : workers_) {
        for (std::uint32_t u = worker->slice.first_user; u < worker->slice.last_user; ++u) {
            const std::vector<UserIndex> watched = watched_by(plan_, UserIndex{u});
            for (std::uint32_t n = 0; n < plan_.devices_of(UserIndex{u}) && !watched.empty(); ++n) {
                const DeviceIndex device{plan_.device_of(UserIndex{u}).value + n};
                const DeviceLife* const life = worker->presence.life_of(device);
                if (life == nullptr || life->watched.empty()) continue;
                for (const UserIndex other : watched)
                    if (judged_pair(plan_, share_, device, other)) pairs_.push_back({other, device, worker});
            }
        }
    }
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const Pair& a, const Pair& b) { return a.user < b.user; });
}

UserTruth PresenceJudge::truth_about(UserIndex user) const {
    for (const WorkerEvidence* const worker : workers_) {
        if (user.value < worker->slice.first_user || user.value >= worker->slice.last_user) continue;
        std::vector<const DeviceLife*> lives;
        for (std::uint32_t n = 0; n < plan_.devices_of(user); ++n) {
            const DeviceLife* const life =
                worker->presence.life_of(DeviceIndex{plan_.device_of(user).value + n});
            if (life == nullptr) return {};
            lives.push_back(life);
        }
        return truth_of(lives, worker->presence.wishes_of(user), promise_, worker->presence.ended_at());
    }
    return {};
}

PresenceJudge::Notes PresenceJudge::notes_of(const Pair& pair) const {
    const auto which =
        static_cast<std::size_t>(std::find(workers_.begin(), workers_.end(), pair.of) - workers_.begin());
    const auto& notes = notes_[which];
    const auto first =
        std::lower_bound(notes.begin(), notes.end(), pair, [](const PresenceNote& note, const Pair& p) {
            return std::tuple(note.watcher, note.user) < std::tuple(p.watcher, p.user);
        });
    const auto last = std::find_if(first, notes.end(), [&](const PresenceNote& note) {
        return note.watcher != pair.watcher || note.user != pair.user;
    });
    return {first, last};
}

// ---- what is wrong

void PresenceJudge::judge_views(const Pair& pair, const UserTruth& truth, Notes notes) {
    const std::uint64_t full = pair.of->presence.full_at();
    for (DeviceLife::Watched session : pair.of->presence.life_of(pair.watcher)->watched) {
        session.until = std::min(session.until, full);
        judge_session(pair, session, truth, notes);
    }
}

void PresenceJudge::judge_session(const Pair& pair, const DeviceLife::Watched& session,
                                  const UserTruth& truth, Notes notes) {
    accused_ = nullptr;
    nothing_accused_ = false;
    for (const TruthSpan& span : truth.spans)
        if (span.from < session.until && span.until > session.since) judge_span(pair, session, span, notes);
}

/// From `patience` on the watcher must have been told; what it is told besides must be true. It is looked at
/// only while its own link was prompt: what came then was sent within the last `lag_`.
void PresenceJudge::judge_span(const Pair& pair, const DeviceLife::Watched& session, const TruthSpan& span,
                               Notes notes) {
    const DeviceLife& watcher = *pair.of->presence.life_of(pair.watcher);
    const std::uint64_t until = std::min(span.until, session.until);
    const std::uint64_t first =
        watcher.prompt_from(std::max(span.from, session.since) + span.patience + lag_);
    if (first >= until) return;
    looked_ = true;
    const auto check = [&](const PresenceNote* view, std::uint64_t at) {
        if (view != nullptr && (seen_as(view->state) & span.may) != 0) return;
        if (view == nullptr ? nothing_accused_ : view == accused_) return;
        accuse(pair, at, span.may, view);
        accused_ = view;
        nothing_accused_ |= view == nullptr;
    };
    check(view_at(notes, session.said, first), first);
    auto next = std::upper_bound(notes.begin(), notes.end(), first,
                                 [](std::uint64_t t, const PresenceNote& one) { return t < one.at; });
    for (; next != notes.end() && next->at < until; ++next)
        if (watcher.prompt_at(next->at)) check(&*next, next->at);
}

void PresenceJudge::accuse(const Pair& pair, std::uint64_t at, SeenAs may, const PresenceNote* view) {
    ++out_.violations.presence;
    RawEvidence raw;
    raw.at_us = at;
    raw.receiver = pair.watcher.value;
    raw.sender = plan_.device_of(pair.user).value;
    raw.why = why_wrong(may, view);
    out_.evidence.note("presence", raw);
}

// ---- how long it took

void PresenceJudge::measure(const Pair& pair, const UserTruth& truth, Notes notes) {
    const DeviceLife& watcher = *pair.of->presence.life_of(pair.watcher);
    const std::uint64_t full = pair.of->presence.full_at();
    for (const PresenceEvent& event : truth.events) {
        for (const DeviceLife::Watched& session : watcher.watched) {
            const std::uint64_t until = std::min({session.until, full, event.until});
            if (session.since > event.at || session.until <= event.at) continue;
            if (const auto told_at = first_told(session, event, until, notes))
                record(pair, event, *told_at);
            else if (seen_otherwise_ &&
                     watcher.prompt_from(event.at + patience_of(event.kind, promise_) + lag_) < until)
                record(pair, event, open);
        }
    }
}

/// The first word of the change at a watcher that saw it otherwise before, perhaps since a moment ago only:
/// a ping is a return as well as the last one before a silence.
std::optional<std::uint64_t> PresenceJudge::first_told(const DeviceLife::Watched& session,
                                                       const PresenceEvent& event, std::uint64_t until,
                                                       Notes notes) {
    const auto expected = [&](const PresenceNote& note) {
        return (seen_as(note.state) & event.expected) != 0;
    };
    const PresenceNote* const before = view_at(notes, session.said, event.at);
    seen_otherwise_ = before != nullptr && !expected(*before);
    if (before == nullptr) return std::nullopt;
    for (const PresenceNote* told = before + 1; told != notes.data() + notes.size() && told->at < until;
         ++told) {
        if (seen_otherwise_ && expected(*told)) return told->at;
        seen_otherwise_ |= !expected(*told);
    }
    return std::nullopt;
}

void PresenceJudge::record(const Pair& pair, const PresenceEvent& event, std::uint64_t told_at) {
    const auto phase = pair.of->latency.measured_phase(event.at);
    if (!phase) return;
    const auto& phases = plan_.scenario->phases;
    const std::string kind = "kind=" + std::string(name(event.kind));
    const std::string in = "phase=" + (*phase < phases.size() ? phases[*phase].name : std::string());
    for (const std::string& label : {std::string(), kind, in, kind + "," + in}) {
        Histogram& histogram = out_.latency[{"presence", label}];
        if (told_at == open)
            histogram.record_missing(1);
        else
            histogram.record(static_cast<std::int64_t>(told_at - event.at));
    }
}

}  // namespace hubbub
