#include <algorithm>

#include "base/assert.hpp"
#include "chaos/faulty_links_impl.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

FaultyLinks::FaultyLinks(Links& carrier, LinkOwner& core, const FaultSet& faults, Options options)
    : carrier_(carrier),
      core_(core),
      faults_(faults),
      options_(options),
      timers_(std::make_unique<Timers>(options.start)) {}

FaultyLinks::~FaultyLinks() {
    for (const Link& link : links_)
        if (link.held) timers_->wheel.cancel(*link.held);
}

FaultyLinks::Link* FaultyLinks::find(LinkId link) {
    const std::uint32_t slot = slot_of(link);
    if (slot >= links_.size() || links_[slot].generation != link.value >> 32) return nullptr;
    return links_[slot].state == Link::State::free ? nullptr : &links_[slot];
}
const FaultyLinks::Link* FaultyLinks::find(LinkId link) const {
    return const_cast<FaultyLinks*>(this)->find(link);
}

FaultyLinks::Link* FaultyLinks::carried(LinkId real) {
    const std::uint32_t slot = slot_of(real);
    if (slot >= by_carrier_.size() || by_carrier_[slot] == no_faulty_link) return nullptr;
    Link& link = links_[by_carrier_[slot]];
    return link.carried && link.real == real ? &link : nullptr;
}

LinkId FaultyLinks::id_of(const Link& link) const {
    const auto slot = static_cast<std::uint64_t>(&link - links_.data());
    return LinkId{std::uint64_t{link.generation} << 32 | slot};
}

// ---- what goes wrong

FaultyLinks::Held& FaultyLinks::hold(Link& link, Time now) {
    if (!link.held) link.held = std::make_unique<Held>(slot_of(id_of(link)), link.number, link.endpoint, now);
    return *link.held;
}

void FaultyLinks::join(Link& link, const PlacedFault& fault, Time now) {
    if (!faults_.meets(fault, link.number, link.endpoint)) return;
    Held& held = hold(link, now);
    // Towards the peer the core speaks in whole frames; what comes may stand in the middle of one.
    const auto on_frames = fault.spec.kind->make(fault.spec.values, {now, now})->takes_whole_messages();
    if (on_frames && fault.spec.stream == FaultStream::downstream && !link.down.here())
        return held.owed.push_back(&fault);
    held.faults.place(faults_, fault, now);
}

void FaultyLinks::join_owed(Link& link, Time now) {
    if (!link.down.here()) return;
    for (const PlacedFault* fault : std::exchange(link.held->owed, {}))
        link.held->faults.place(faults_, *fault, now);
}

void FaultyLinks::placed(const PlacedFault& fault, Time now) {
    flush(now);
    for (Link& link : links_) {
        if (link.state != Link::State::open) continue;
        join(link, fault, now);
        if (link.held) pump(link, now);
    }
}

void FaultyLinks::leaving(const PlacedFault& fault, Time now) {
    flush(now);
    for (Link& link : links_) {
        if (!link.held) continue;
        std::erase(link.held->owed, &fault);
        if (!link.held->faults.has(fault)) continue;
        link.held->faults.drop(fault, now);
        if (link.state == Link::State::ghost) {
            if (link.carried) carrier_.abort(link.real);
            free(link);
            continue;
        }
        if (link.state != Link::State::open) continue;
        if (link.held->faults.torn()) {
            reset(id_of(link), now);
            continue;
        }
        // Its peer went while nothing was heard of it.
        if (!link.carried && !link.held->faults.silent(now))
            link.held->faults.end(FaultStream::downstream, Ending::reset, now);
        pump(link, now);
    }
}

std::vector<FaultyLinks::Standing> FaultyLinks::standing() const {
    std::vector<Standing> out;
    for (const Link& link : links_)
        if (link.state == Link::State::open) out.push_back({id_of(link), link.number, link.endpoint});
    return out;
}

bool FaultyLinks::reset(LinkId id, Time now) {
    flush(now);
    Link* const link = find(id);
    if (!link || link->state != Link::State::open) return false;
    if (link->carried) carrier_.abort(link->real);
    end(*link, LinkEnd::reset);
    return true;
}

// ---- Links

void FaultyLinks::send(LinkId id, const SharedBytes& frame) {
    Link* const link = find(id);
    if (!link || link->state != Link::State::open || link->closing) return;
    if (!link->held) return carrier_.send(link->real, frame);
    wishes_.push_back({.what = Wish::What::send, .link = id, .frame = frame});
}

std::size_t FaultyLinks::queued_bytes(LinkId id) const {
    const Link* const link = find(id);
    if (!link) return 0;
    return (link->carried ? carrier_.queued_bytes(link->real) : 0) +
           (link->held ? link->held->faults.chain(FaultStream::upstream).bytes_inside() : 0);
}

void FaultyLinks::close(LinkId id) {
    Link* const link = find(id);
    if (!link || link->state != Link::State::open || link->closing) return;
    link->closing = true;
    if (!link->held) return carrier_.close(link->real);
    wishes_.push_back({.what = Wish::What::close, .link = id});
}

void FaultyLinks::abort(LinkId id) {
    Link* const link = find(id);
    if (!link || link->state != Link::State::open) return;
    link->closing = true;
    if (!link->held) return carrier_.abort(link->real);
    wishes_.push_back({.what = Wish::What::abort, .link = id});
}

void FaultyLinks::dial(std::uint64_t token, std::uint32_t endpoint) {
    wishes_.push_back({.what = Wish::What::dial, .token = token, .endpoint = endpoint});
}

void FaultyLinks::flush(Time now) {
    fulfilling_.swap(wishes_);
    for (const Wish& wish : fulfilling_) fulfil(wish, now);
    fulfilling_.clear();
    HUBBUB_ASSERT(wishes_.empty(), "nobody is told anything while wishes are fulfilled");
}

void FaultyLinks::fulfil(const Wish& wish, Time now) {
    if (wish.what == Wish::What::dial) return let_dial(wish.token, wish.endpoint, now);
    Link* const link = find(wish.link);
    if (!link || link->state != Link::State::open) return;
    if (!link->held) {  // its faults have left since
        if (wish.what == Wish::What::send) carrier_.send(link->real, wish.frame);
        if (wish.what == Wish::What::close) carrier_.close(link->real);
        if (wish.what == Wish::What::abort) carrier_.abort(link->real);
        return;
    }
    Held& held = *link->held;
    if (wish.what == Wish::What::abort) {
        if (link->carried && !held.faults.silent(now)) return carrier_.abort(link->real);
        if (link->carried) {
            // Who is silently gone sends no reset: the peer must find out by itself.
            notices_.push_back({.link = wish.link, .why = LinkEnd::closed_by_us});
            link->state = Link::State::ghost;
            return;
        }
        return end(*link, LinkEnd::closed_by_us);
    }
    if (wish.what == Wish::What::send) {
        held.faults.write(FaultStream::upstream, wish.frame.view(), now);
    } else {
        held.faults.end(FaultStream::upstream, Ending::finish, now);
        held.closes_by = now + limits::close_grace;
    }
    if (pump_up(*link, now)) rearm(held);
}

void FaultyLinks::let_dial(std::uint64_t token, std::uint32_t endpoint, Time now) {
    const std::uint64_t number = token + options_.first_client;
    dials_[token] = endpoint;
    const Opening opening = ConnectionFaults::knock(faults_, number, endpoint, now);
    if (opening.refused)
        notices_.push_back({.token = token, .why = LinkEnd::connect_refused});
    else if (opening.at > now)
        late_dials_.emplace(std::pair(opening.at, order_++), token);
    else
        carrier_.dial(token, endpoint);
}

// ---- LinkOwner

void FaultyLinks::opened(LinkId real, std::uint64_t token, Time now) {
    std::uint32_t slot = static_cast<std::uint32_t>(links_.size());
    if (free_.empty()) {
        links_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    if (slot_of(real) >= by_carrier_.size()) by_carrier_.resize(slot_of(real) + 1, no_faulty_link);
    by_carrier_[slot_of(real)] = slot;
    Link& link = links_[slot];
    link.real = real;
    link.number = token + options_.first_client;
    const auto dialed = dials_.find(token);
    link.endpoint = dialed == dials_.end() ? 0 : dialed->second;
    if (dialed != dials_.end()) dials_.erase(dialed);
    link.state = Link::State::open;
    link.carried = true;
    for (const auto& fault : faults_.all()) join(link, *fault, now);
    if (link.held) rearm(*link.held);
    core_.opened(id_of(link), token, now);
}

void FaultyLinks::dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) {
    dials_.erase(token);
    core_.dial_failed(token, why, detail, now);
}

void FaultyLinks::received(LinkId real, std::span<char> bytes, Time now) {
    Link* const link = carried(real);
    if (!link || link->state == Link::State::ghost) return;
    if (link->held) {
        link->held->faults.write(FaultStream::downstream, {bytes.data(), bytes.size()}, now);
        return pump(*link, now);
    }
    if (options_.follow_frames) link->down.follow({bytes.data(), bytes.size()});
    core_.received(id_of(*link), bytes, now);
}

void FaultyLinks::closed(LinkId real, LinkEnd why, Time now) {
    Link* const link = carried(real);
    if (!link) return;
    part_from_carrier(*link);
    if (link->state == Link::State::ghost) return free(*link);
    const LinkId id = id_of(*link);
    if (link->held && !link->closing) {
        if (link->held->faults.silent(now)) return;  // the core must find out by itself
        // Our own end went out by a fault: to the core it is the peer that ended.
        const bool orderly = why == LinkEnd::closed_by_peer || why == LinkEnd::closed_by_us;
        link->held->faults.end(FaultStream::downstream, orderly ? Ending::finish : Ending::reset, now);
        return pump(*link, now);
    }
    free(*link);
    core_.closed(id, why, now);
}

void FaultyLinks::tell(Time now) {
    telling_.swap(notices_);
    for (const Notice& notice : telling_) {
        if (notice.link == LinkId{}) {
            dial_failed(notice.token, notice.why, 0, now);
            continue;
        }
        Link* const link = find(notice.link);
        HUBBUB_ASSERT(link, "told of a link that is free");
        if (link->state != Link::State::ghost) free(*link);
        core_.closed(notice.link, notice.why, now);
    }
    telling_.clear();
}

void FaultyLinks::turn(Time now) {
    flush(now);
    tell(now);
    timers_->wheel.advance(now, [&](TimerNode& node) {
        Link& link = links_[static_cast<Held&>(node).slot];
        if (link.state != Link::State::open) return;
        if (link.held->closes_by <= now) {
            if (link.carried) carrier_.abort(link.real);
            return end(link, LinkEnd::closed_by_us);
        }
        pump(link, now);
    });
    while (!late_dials_.empty() && late_dials_.begin()->first.first <= now) {
        const std::uint64_t token = late_dials_.begin()->second;
        late_dials_.erase(late_dials_.begin());
        carrier_.dial(token, dials_.at(token));
    }
    core_.turn(now);
    flush(now);
}

Time FaultyLinks::next_deadline() const {
    if (!notices_.empty() || !wishes_.empty()) return Time::min();
    const Time late = late_dials_.empty() ? never : late_dials_.begin()->first.first;
    return std::min({core_.next_deadline(), timers_->wheel.next_deadline(), late});
}

}  // namespace hubbub
