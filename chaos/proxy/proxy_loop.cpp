#include "chaos/proxy/proxy_loop.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "chaos/proxy/proxy_limits.hpp"

namespace hubbub {
namespace {

/// One read; a window is rarely larger.
constexpr std::size_t read_bytes = 64 * 1024;

}  // namespace

ProxyLoop::ProxyLoop(const Clock& clock, std::size_t window, std::size_t connections_max)
    : clock_(clock),
      connections_max_(connections_max),
      now_(clock.now()),
      timers_(now_),
      buffer_(read_bytes),
      context_{poller_, timers_, buffer_, window, ended_},
      inbox_(limits::proxy_requests_max) {}

ProxyLoop::~ProxyLoop() = default;

bool ProxyLoop::post(std::function<void(Time)> work) {
    if (inbox_.put(std::move(work)) == Inbox<std::function<void(Time)>>::Put::refused) return false;
    poller_.wake();
    return true;
}

void ProxyLoop::stop() {
    stopping_.store(true);
    poller_.wake();
}

void ProxyLoop::run() {
    while (!stopping_.load(std::memory_order_relaxed)) run_turn(Duration::max());
}

void ProxyLoop::run_turn(Duration max_wait) {
    const auto events = poller_.wait(time_to_wait(max_wait));
    now_ = clock_.now();
    stats_.waits.add();
    for (const epoll_event& event : events) dispatch(event);
    timers_.advance(now_, [&](TimerNode& node) { Relay::of(node).expire(now_); });
    for (ProxyPort* port : ports_)
        if (port) port->expire(now_);
    (void)poller_.take_wake();
    inbox_.take(work_);
    for (const auto& work : work_) work(now_);
    sweep();
}

Duration ProxyLoop::time_to_wait(Duration max_wait) const {
    Time next = timers_.next_deadline();
    for (const ProxyPort* port : ports_)
        if (port) next = std::min(next, port->next_deadline());
    if (next == never) return max_wait;
    const Time now = clock_.now();
    return next <= now ? Duration::zero() : std::min(next - now, max_wait);
}

void ProxyLoop::dispatch(const epoll_event& event) {
    const std::uint64_t key = event.data.u64;
    if (key >> 32 == 0) return accept(key);
    const auto index = static_cast<std::uint32_t>(key) >> 1;
    Slot& slot = slots_[index];
    // An event of this very batch may belong to a connection that an earlier one ended.
    if (!slot.relay || slot.generation != key >> 32 || slot.relay->done()) return;
    slot.relay->handle((key & 1) == 0 ? Relay::Side::client : Relay::Side::server, event.events, now_);
}

std::uint64_t ProxyLoop::add_port(ProxyPort& port) {
    const auto gone = std::find(ports_.begin(), ports_.end(), nullptr);
    if (gone == ports_.end()) {
        ports_.push_back(&port);
        return ports_.size() - 1;
    }
    *gone = &port;
    return static_cast<std::uint64_t>(gone - ports_.begin());
}

void ProxyLoop::remove_port(std::uint64_t key) {
    ports_[key] = nullptr;
}

void ProxyLoop::accept(std::uint64_t key) {
    ProxyPort* const port = key < ports_.size() ? ports_[key] : nullptr;
    if (!port) return;
    accepted_.clear();
    port->accept(key, now_, accepted_);
    for (Descriptor& client : accepted_) add_relay(*port, std::move(client));
}

void ProxyLoop::add_relay(ProxyPort& port, Descriptor client) {
    if (open_ >= connections_max_) {
        // A reset says at once what a silent close would say late: nobody here.
        const linger hard{1, 0};
        ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        return port.turned_away();
    }
    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        index = free_.back();
        free_.pop_back();
    }
    Slot& slot = slots_[index];
    slot.generation = std::max(1U, slot.generation + 1);
    const std::uint64_t key = std::uint64_t{slot.generation} << 32 | std::uint64_t{index} << 1;
    slot.port = &port;
    slot.relay = port.relay(context_, std::move(client), key, now_);
    ++open_;
    slot.relay->start(port.upstream(), now_);
}

void ProxyLoop::each_relay(const ProxyPort& port, const std::function<void(Relay&)>& act) {
    for (Slot& slot : slots_)
        if (slot.relay && slot.port == &port && !slot.relay->done()) act(*slot.relay);
}

void ProxyLoop::cut(const ProxyPort& port) {
    for (std::uint32_t index = 0; index < slots_.size(); ++index)
        if (slots_[index].relay && slots_[index].port == &port) release(index);
}

void ProxyLoop::sweep() {
    for (const std::uint64_t key : ended_) {
        const auto index = static_cast<std::uint32_t>(key) >> 1;
        if (slots_[index].relay && slots_[index].generation == key >> 32) release(index);
    }
    ended_.clear();
}

void ProxyLoop::release(std::uint32_t index) {
    slots_[index].relay.reset();
    free_.push_back(index);
    --open_;
}

}  // namespace hubbub
