// What goes through a link with faults, and how it ends.
#include <algorithm>

#include "chaos/faulty_links_impl.hpp"

namespace hubbub {

/// Hands on what came out of both directions.
void FaultyLinks::pump(Link& link, Time now) {
    if (!pump_up(link, now) || !pump_down(link, now)) return;
    Held& held = *link.held;
    const FaultChain& up = held.faults.chain(FaultStream::upstream);
    const FaultChain& down = held.faults.chain(FaultStream::downstream);
    const bool full = down.room(faulty_link_window_bytes) == 0;
    if (full != held.read_held && link.carried) {
        held.read_held = full;
        carrier_.set_reading(link.real, !full);
    }
    if (link.carried && !link.closing && held.owed.empty() && up.transparent() && down.transparent()) {
        timers_->wheel.cancel(held);
        link.held.reset();
        return;
    }
    rearm(held);
}

void FaultyLinks::rearm(Held& held) {
    const Time next = std::min(held.faults.next_deadline(), held.closes_by);
    if (next != never) timers_->wheel.arm(held, next);
}

/// False: the link has ended.
bool FaultyLinks::pump_up(Link& link, Time now) {
    FaultChain& chain = link.held->faults.chain(FaultStream::upstream);
    for (;;) {
        const FaultChain::Out out = chain.front(now);
        if (out.nothing()) return true;
        const std::size_t size = out.bytes.size();
        if (size > 0 && link.carried)
            carrier_.send(link.real, SharedBytes::copy_of({out.bytes.data(), size}));
        chain.consume(size);
        if (out.ending == Ending::none) continue;
        if (link.carried && out.ending == Ending::reset)
            carrier_.abort(link.real);
        else if (link.carried)
            carrier_.close(link.real);
        if (out.ending == Ending::finish) return true;  // the carrier says when it is over
        end(link, out.ending == Ending::reset ? LinkEnd::reset : LinkEnd::closed_by_peer);
        return false;
    }
}

bool FaultyLinks::pump_down(Link& link, Time now) {
    const LinkId id = id_of(link);
    for (;;) {
        join_owed(link, now);
        FaultChain& chain = link.held->faults.chain(FaultStream::downstream);
        const FaultChain::Out out = chain.front(now);
        if (out.nothing()) return true;
        const std::size_t size = out.bytes.size();
        if (options_.follow_frames) link.down.follow({out.bytes.data(), size});
        if (size > 0 && !link.closing) core_.received(id, out.bytes, now);
        chain.consume(size);
        if (out.ending == Ending::none) continue;
        if (link.carried && out.ending == Ending::reset)
            carrier_.abort(link.real);
        else if (link.carried)
            carrier_.close(link.real);
        end(link, link.closing                  ? LinkEnd::closed_by_us
                  : out.ending == Ending::reset ? LinkEnd::reset
                                                : LinkEnd::closed_by_peer);
        return false;
    }
}

/// The core's last word comes with the next turn.
void FaultyLinks::end(Link& link, LinkEnd why) {
    notices_.push_back({.link = id_of(link), .why = why});
    if (link.held) timers_->wheel.cancel(*link.held);
    part_from_carrier(link);
    link.state = Link::State::ended;
}

void FaultyLinks::part_from_carrier(Link& link) {
    if (link.carried) by_carrier_[slot_of(link.real)] = no_faulty_link;
    link.carried = false;
}

void FaultyLinks::free(Link& link) {
    part_from_carrier(link);
    if (link.held) timers_->wheel.cancel(*link.held);
    free_.push_back(slot_of(id_of(link)));
    const std::uint32_t next = link.generation + 1;
    link = Link{};
    link.generation = next;
}

}  // namespace hubbub
