#include "transport/loop.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {

namespace {
/// Events between two looks at the clock: a read takes some microseconds, a look 20 ns.
constexpr std::size_t events_a_look = 4;

bool in_handshake(const LinkSlot& slot) {
    return slot.state == LinkState::connecting || slot.state == LinkState::upgrading;
}
bool in_closing(const LinkSlot& slot) {
    return slot.state == LinkState::closing;
}
}  // namespace

Loop::Loop(LoopOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      listener_(poller_, stats_),
      dialer_(options_.endpoints, options_.sources, options_.send_buffer_bytes),
      random_(options_.seed),
      now_(clock.now()),
      turn_end_(now_),
      read_buffer_(limits::read_buffer_bytes),
      buffers_(limits::send_buffers_max) {}

Loop::~Loop() = default;

Result<std::uint16_t> Loop::listen(const std::string& address, std::uint16_t port) {
    return listener_.listen(address, port, options_.send_buffer_bytes);
}

void Loop::stop() {
    stopping_.store(true);
    wake();
}

void Loop::run() {
    while (!stopping_.load(std::memory_order_relaxed)) run_turn(Duration::max());
}

void Loop::run_turn(Duration max_wait) {
    HUBBUB_ASSERT(owner_ != nullptr, "a loop without an owner");
    if (events_.empty()) {
        events_ = poller_.wait(time_to_wait(max_wait));
        stats_.waits.add();
    }
    now_ = clock_.now();

    deliver_notices();
    dispatch_a_slice();
    expire();
    if (poller_.take_wake()) {
        for (LoopTask* task : tasks_) task->drain(now_);
    }
    owner_->turn(now_);
    flush_all();

    turn_end_ = clock_.now();
    stats_.record_turn(turn_end_ - now_, options_.turn_budget);
    stats_.links.set(links_.size());
}

Duration Loop::time_to_wait(Duration max_wait) {
    if (!notices_.empty() || !flush_due_.empty()) return Duration::zero();
    const auto waits = [this](bool (*waiting)(const LinkSlot&)) {
        return [this, waiting](LinkId link) {
            const LinkSlot* slot = links_.find(link);
            return slot != nullptr && waiting(*slot);
        };
    };
    const Time next = std::min({owner_->next_deadline(), listener_.next_deadline(),
                                first_deadline(accept_deadlines_, waits(in_handshake)),
                                first_deadline(dial_deadlines_, waits(in_handshake)),
                                first_deadline(close_deadlines_, waits(in_closing))});
    if (next == never) return max_wait;
    if (next <= turn_end_) return Duration::zero();
    return std::min(next - turn_end_, max_wait);
}

template <class Waits>
Time Loop::first_deadline(std::deque<Deadline>& queue, Waits&& waits) {
    while (!queue.empty() && !waits(queue.front().link)) queue.pop_front();
    return queue.empty() ? never : queue.front().at;
}

/// Timers, the owner's turn and what is to be written do not wait for everybody who has something to say: the
/// rest of the events is for the next turn, which asks nobody for more.
void Loop::dispatch_a_slice() {
    const Time end = now_ + options_.read_slice;
    for (std::size_t done = 1; !events_.empty(); ++done) {
        const epoll_event event = events_.front();
        events_ = events_.subspan(1);
        dispatch(event);
        if (done % events_a_look == 0 && clock_.now() >= end) return;
    }
}

void Loop::dispatch(const epoll_event& event) {
    const std::uint64_t key = event.data.u64;
    if (key >> 32 == 0) return accept(key);
    const LinkId link(key);
    LinkSlot* slot = links_.find(link);
    // An event of this very batch may belong to a link that ended since it was told.
    if (slot == nullptr || slot->state == LinkState::ended) return;
    if (slot->state == LinkState::connecting) return connected(link, *slot);
    if ((event.events & EPOLLOUT) != 0) schedule_flush(link, *slot);
    // What the owner holds back since the event was told, is told again when it is not held any more.
    const std::uint32_t held = slot->read_held ? EPOLLIN : std::uint32_t{0};
    if ((event.events & ~held & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(link, *slot);
}

void Loop::deliver_notices() {
    delivering_.swap(notices_);  // what the owner does meanwhile is told in the turn after
    for (const Notice& notice : delivering_) {
        if (notice.link == LinkId{}) {
            stats_.dials_failed.add();
            owner_->dial_failed(notice.token, notice.why, notice.detail, now_);
        } else {
            links_.release(notice.link);
            stats_.ended.add();
            owner_->closed(notice.link, notice.why, now_);
        }
    }
    delivering_.clear();
}

void Loop::expire() {
    listener_.resume(now_);
    const auto due = [this](std::deque<Deadline>& queue, auto&& act) {
        while (!queue.empty() && queue.front().at <= now_) {
            const LinkId link = queue.front().link;
            queue.pop_front();
            if (LinkSlot* slot = links_.find(link)) act(link, *slot);
        }
    };
    const auto give_up_handshake = [this](LinkId link, LinkSlot& slot) {
        if (in_handshake(slot)) handshake_expired(link, slot);
    };
    due(accept_deadlines_, give_up_handshake);
    due(dial_deadlines_, give_up_handshake);
    due(close_deadlines_, [this](LinkId link, LinkSlot& slot) {
        if (!in_closing(slot)) return;
        if (!slot.outbox.empty()) reset_on_close(slot);  // this peer does not read
        end_link(link, slot, LinkEnd::closed_by_us);
    });
}

}  // namespace hubbub
