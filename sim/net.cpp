#include "sim/net.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "protocol/limits.hpp"

namespace hubbub::sim {
namespace {

/// What stays in the sockets on the way to an end that does not read.
constexpr std::size_t held_socket_bytes = 16 * 1024;

constexpr LinkId link_id(std::uint32_t slot, std::uint32_t generation) {
    return LinkId{static_cast<std::uint64_t>(generation) << 32 | slot};
}

}  // namespace

void Trace::add(Time when, std::uint64_t what, std::string_view bytes) {
    std::uint64_t folded = 0xcbf29ce484222325ULL;
    for (const char c : bytes) folded = (folded ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    hash = mix64(hash ^ folded, static_cast<std::uint64_t>(when.time_since_epoch().count()), what);
    ++events;
}

/// One end of a connection. `out` carries this end's bytes to the peer.
struct Net::End {
    enum class State : std::uint8_t { free, open, closing, ended };
    std::uint32_t generation = 1;
    Side side = 0;
    State state = State::free;
    bool reading = true;   ///< its owner takes what comes
    bool listed = false;   ///< in its side's list of ends to flush
    Time data_at = never;  ///< when this end's pipe will be looked at
    std::uint32_t peer = UINT32_MAX;
    std::vector<SharedBytes> outbox;
    std::size_t outbox_bytes = 0;
    std::shared_ptr<ConnectionFaults> faults;  ///< of both ends; outlives the pipe, which uses it
    std::size_t socket_bytes = SIZE_MAX;       ///< what `out` takes before the rest waits here
    std::unique_ptr<Pipe> out;

    [[nodiscard]] bool silent(Time now) const { return faults && faults->silent(now); }
};

class Net::SideLinks final : public Links {
  public:
    explicit SideLinks(Net& net) : net_(net) {}

    void send(LinkId link, const SharedBytes& frame) override {
        End* end = net_.find(link);
        if (!end || end->state != End::State::open) return;
        end->outbox.push_back(frame);
        end->outbox_bytes += frame.size();
        list(*end, link);
    }
    [[nodiscard]] std::size_t queued_bytes(LinkId link) const override {
        const End* end = net_.find(link);
        return end ? end->outbox_bytes : 0;
    }
    void close(LinkId link) override {
        End* end = net_.find(link);
        if (!end || end->state != End::State::open) return;
        end->state = End::State::closing;
        list(*end, link);
    }
    void abort(LinkId link) override {
        if (net_.find(link)) aborted_.push_back(link);
    }
    void set_reading(LinkId link, bool reading) override {
        End* end = net_.find(link);
        if (!end || end->reading == reading) return;
        end->reading = reading;
        resumed_.push_back(link);
    }
    void dial(std::uint64_t token, std::uint32_t) override { dials_.push_back(token); }

    Net& net_;
    LinkOwner* owner_ = nullptr;  ///< nobody yet, or killed
    bool still_ = false;
    std::vector<LinkId> dirty_, aborted_, resumed_;
    std::vector<std::uint64_t> dials_;

  private:
    void list(End& end, LinkId link) {
        if (!end.listed) dirty_.push_back(link);
        end.listed = true;
    }
};

Net::Net(LinkModel model, SlowReading slow, Random random, Trace& trace)
    : model_(model), slow_(slow), random_(random), trace_(trace) {}
Net::~Net() = default;

Net::Side Net::join() {
    sides_.push_back(std::make_unique<SideLinks>(*this));
    return static_cast<Side>(sides_.size() - 1);
}

void Net::attach(Side side, LinkOwner& owner) {
    sides_[side]->owner_ = &owner;
}

Links& Net::links(Side side) {
    return *sides_[side];
}

void Net::set_servers(std::vector<Side> servers) {
    servers_ = std::move(servers);
}

Net::End* Net::find(LinkId link) {
    const auto slot = static_cast<std::uint32_t>(link.value);
    if (slot >= ends_.size()) return nullptr;
    End& end = ends_[slot];
    return end.generation == link.value >> 32 && end.state != End::State::free &&
                   end.state != End::State::ended
               ? &end
               : nullptr;
}

std::uint32_t Net::new_end(Side side) {
    std::uint32_t slot = 0;
    if (free_.empty()) {
        slot = static_cast<std::uint32_t>(ends_.size());
        ends_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    End& end = ends_[slot];
    end.side = side;
    end.state = End::State::open;
    end.out = std::make_unique<Pipe>(model_, random_.child(++dials_));
    return slot;
}

void Net::schedule(Time when, What what, std::uint32_t slot, std::uint64_t detail) {
    const std::uint32_t generation = slot < ends_.size() ? ends_[slot].generation : 0;
    events_.push({when, order_++, what, slot, generation, detail});
}

void Net::schedule_data(std::uint32_t slot) {
    End& end = ends_[slot];
    const Time next = end.out->next_deadline();
    if (next >= end.data_at) return;
    end.data_at = next;
    schedule(next, What::data, slot, 0);
}

Time Net::next_deadline() const {
    return events_.empty() ? never : events_.top().when;
}

void Net::deliver(Time now, const std::function<void(Side)>& touched) {
    while (!events_.empty() && events_.top().when <= now) {
        const Event event = events_.top();
        events_.pop();
        run(event, now, touched);
    }
}

/// Its addressee stands still.
bool Net::waits(const Event& event) const {
    if (event.what == What::dial)
        return !servers_.empty() && sides_[servers_[next_server_ % servers_.size()]]->still_;
    if (event.what == What::refused || ends_[event.slot].generation != event.generation) return false;
    const std::uint32_t to = event.what == What::data ? ends_[event.slot].peer : event.slot;
    return to < ends_.size() && sides_[ends_[to].side]->still_;
}

void Net::freeze(Side side) {
    sides_[side]->still_ = true;
}

void Net::thaw(Side side, Time now) {
    sides_[side]->still_ = false;
    for (Event& event : std::exchange(frozen_, {})) {
        event.when = now;
        events_.push(event);
    }
}

void Net::run(const Event& event, Time now, const std::function<void(Side)>& touched) {
    if (waits(event)) return frozen_.push_back(event);
    if (event.what == What::dial) return accept(event, now, touched);
    if (event.what == What::refused) {
        auto& side = *sides_[event.slot];
        if (side.owner_) side.owner_->dial_failed(event.detail, LinkEnd::connect_refused, 0, now);
        return touched(event.slot);
    }
    End& end = ends_[event.slot];
    if (end.generation != event.generation) return;
    switch (event.what) {
        case What::opened:
            if (LinkOwner* owner = sides_[end.side]->owner_; owner && end.state != End::State::ended) {
                trace_.add(now, event.slot, "opened");
                owner->opened(link_id(event.slot, end.generation), event.detail, now);
                touched(end.side);
            }
            break;
        case What::data:
            pour(event.slot, now, touched);
            break;
        case What::closed:
            finish(event.slot, static_cast<LinkEnd>(event.detail), now, touched);
            break;
        default:
            break;
    }
}

/// A dial reaches the servers: the link stands on both sides, the client learns it one latency later.
void Net::accept(const Event& event, Time now, const std::function<void(Side)>& touched) {
    const Side client = event.slot;
    const auto drawn = dialing_.extract(event.order);
    if (servers_.empty()) {
        schedule(now + model_.latency, What::refused, client, event.detail);
        return;
    }
    const Side server = servers_[next_server_++ % servers_.size()];
    const std::uint32_t near = new_end(client);
    const std::uint32_t far = new_end(server);
    if (slow_.share > 0 && random_.child("slow").child(dials_).chance(slow_.share)) {
        LinkModel line = model_;
        line.bytes_per_second = slow_.bytes_per_second;
        ends_[far].out = std::make_unique<Pipe>(line, random_.child(dials_));
        ends_[far].socket_bytes = slow_.socket_bytes;
    }
    ends_[near].peer = far;
    ends_[far].peer = near;
    if (drawn) {
        ends_[near].faults = ends_[far].faults = drawn.mapped();
        ends_[near].out->run_through(*ends_[near].faults, FaultStream::upstream);
        ends_[far].out->run_through(*ends_[far].faults, FaultStream::downstream);
        schedule_data(near);
        schedule_data(far);
    }
    open_links_ += 1;
    trace_.add(now, far, "accepted");
    sides_[server]->owner_->opened(link_id(far, ends_[far].generation), 0, now);
    touched(server);
    schedule(now + model_.latency, What::opened, near, event.detail);
}

/// Hands what came out of this end's pipe to the peer; the end of the stream ends both ends.
void Net::pour(std::uint32_t slot, Time now, const std::function<void(Side)>& touched) {
    ends_[slot].data_at = never;
    const std::uint32_t to = ends_[slot].peer;
    if (!ends_[to].reading) return;  // set_reading() looks again
    while (const auto read = ends_[slot].out->pop_due(now)) {
        End& peer = ends_[to];
        LinkOwner* owner = sides_[peer.side]->owner_;
        if (!owner || peer.state == End::State::ended) continue;
        if (read->empty()) {
            schedule(now, What::closed, to, static_cast<std::uint64_t>(LinkEnd::closed_by_peer));
            schedule(now + model_.latency, What::closed, slot,
                     static_cast<std::uint64_t>(LinkEnd::closed_by_us));
            continue;
        }
        trace_.add(now, to, {read->data(), read->size()});
        owner->received(link_id(to, peer.generation), *read, now);
        touched(peer.side);
    }
    if (ends_[slot].out->ending() != Ending::none) return ended_by_fault(slot, now);
    fill_pipe(slot, now);
}

/// What the socket takes of what was queued, and the end behind the last of it.
void Net::fill_pipe(std::uint32_t slot, Time now) {
    End& end = ends_[slot];
    std::size_t written = 0;
    const std::size_t most =
        ends_[end.peer].reading ? end.socket_bytes : std::min(end.socket_bytes, held_socket_bytes);
    for (; written < end.outbox.size() && end.out->bytes_inside() < most; ++written) {
        end.outbox_bytes -= end.outbox[written].size();
        end.out->write(end.outbox[written].view(), now);
    }
    end.outbox.erase(end.outbox.begin(), end.outbox.begin() + static_cast<std::ptrdiff_t>(written));
    if (end.state == End::State::closing && end.outbox.empty()) end.out->finish(now);
    schedule_data(slot);
}

void Net::ended_by_fault(std::uint32_t slot, Time now) {
    if (ends_[slot].out->ending() == Ending::reset) return reset_pair(slot, LinkEnd::reset, now);
    for (const std::uint32_t end : {slot, ends_[slot].peer}) {
        ends_[end].out->cut();
        schedule(now, What::closed, end, static_cast<std::uint64_t>(LinkEnd::closed_by_peer));
    }
}

/// The last word of one end; the slots of a pair are free when both ends had theirs.
void Net::finish(std::uint32_t slot, LinkEnd why, Time now, const std::function<void(Side)>& touched) {
    End& end = ends_[slot];
    if (end.state == End::State::ended || end.state == End::State::free) return;
    end.state = End::State::ended;
    end.outbox.clear();
    end.outbox_bytes = 0;
    trace_.add(now, slot, name(why));
    if (LinkOwner* owner = sides_[end.side]->owner_) {
        owner->closed(link_id(slot, end.generation), why, now);
        touched(end.side);
    }
    const std::uint32_t other = end.peer;
    if (ends_[other].state != End::State::ended) {
        if (end.silent(now)) return;  // nothing reaches the other: it must find out by itself
        // The peer's socket is gone: what the other end still sends meets a reset, unless its own end is on
        // the way already.
        schedule(now + model_.latency, What::closed, other,
                 static_cast<std::uint64_t>(why == LinkEnd::closed_by_us ? LinkEnd::closed_by_peer
                                                                         : LinkEnd::reset));
        return;
    }
    open_links_ -= 1;
    for (const std::uint32_t done : {slot, other}) {
        End& free = ends_[done];
        const std::uint32_t next = free.generation + 1;
        free = End{};
        free.generation = next;
        free_.push_back(done);
    }
}

void Net::reset_pair(std::uint32_t slot, LinkEnd own, Time now) {
    End& end = ends_[slot];
    const bool silent = end.silent(now);
    end.out->cut();
    schedule(now, What::closed, slot, static_cast<std::uint64_t>(own));
    if (silent) return;
    ends_[end.peer].out->cut();
    schedule(now + model_.latency, What::closed, end.peer, static_cast<std::uint64_t>(LinkEnd::reset));
}

void Net::flush(Side side, Time now) {
    SideLinks& own = *sides_[side];
    for (const LinkId link : own.dirty_) {
        End* end = find(link);
        if (!end) continue;
        end->listed = false;
        const auto slot = static_cast<std::uint32_t>(link.value);
        fill_pipe(slot, now);
        // A fault may keep the end from arriving; nobody waits for it for ever.
        if (end->state == End::State::closing && end->faults)
            schedule(now + limits::close_grace, What::closed, slot,
                     static_cast<std::uint64_t>(LinkEnd::closed_by_us));
    }
    own.dirty_.clear();
    for (const LinkId link : std::exchange(own.resumed_, {})) {
        const End* end = find(link);
        if (end && end->reading) schedule_data(end->peer);
    }
    for (const LinkId link : std::exchange(own.aborted_, {}))
        if (find(link)) reset_pair(static_cast<std::uint32_t>(link.value), LinkEnd::closed_by_us, now);
    for (const std::uint64_t token : std::exchange(own.dials_, {})) dial(side, token, now);
}

void Net::dial(Side side, std::uint64_t token, Time now) {
    if (!faults_) return schedule(now + model_.latency, What::dial, side, token);
    auto drawn = std::make_shared<ConnectionFaults>(*faults_, fault_draws_++, now);
    if (drawn->opening().refused) return schedule(now + 2 * model_.latency, What::refused, side, token);
    const Time at = drawn->opening().at;
    dialing_[order_] = std::move(drawn);
    schedule(at + model_.latency, What::dial, side, token);
}

std::uint32_t Net::cut(double share, Time now) {
    std::uint32_t count = 0;
    Random draw = random_.child("cut").child(static_cast<std::uint64_t>(now.time_since_epoch().count()));
    for (std::uint32_t slot = 0; slot < ends_.size(); ++slot) {
        const End& end = ends_[slot];
        if (end.state != End::State::open || end.peer < slot || !draw.chance(share)) continue;
        reset_pair(slot, LinkEnd::reset, now);
        ++count;
    }
    return count;
}

void Net::kill(Side side, Time now) {
    sides_[side]->owner_ = nullptr;
    std::erase(servers_, side);
    for (std::uint32_t slot = 0; slot < ends_.size(); ++slot)
        if (ends_[slot].side == side && ends_[slot].state != End::State::free &&
            ends_[slot].state != End::State::ended)
            reset_pair(slot, LinkEnd::reset, now);
}

}  // namespace hubbub::sim
