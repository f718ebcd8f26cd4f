// epoll, level-triggered, and the eventfd by which other threads wake its one waiter.
// Owned by a loop; its thread only, except wake().
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <span>

#include "base/time.hpp"
#include "transport/descriptor.hpp"

namespace hubbub {

/// Level-triggered on purpose: one recv a turn and a link is enough, what is left over is reported again.
class Poller {
  public:
    Poller();

    void add(int fd, std::uint32_t events, std::uint64_t key);
    void modify(int fd, std::uint32_t events, std::uint64_t key);
    /// Hears nothing of it any more, hang-ups neither. A descriptor that is closed needs no remove().
    void remove(int fd);

    /// Waits for events, a wake-up or `timeout` (Duration::max(): for ever). Events of the wake-up itself are
    /// not handed out.
    std::span<epoll_event> wait(Duration timeout);

    /// Any thread. Writes to the eventfd only when the waiter sleeps, and once for any number of callers.
    void wake();
    /// True once after one or more wake() calls.
    bool take_wake() { return woken_.load(std::memory_order_relaxed) && woken_.exchange(false); }

  private:
    int wait_for(Duration timeout);

    static constexpr std::uint64_t wake_key = UINT64_MAX;
    static constexpr int events_max = 1024;  // 12 KB; more are reported in the next turn
    Descriptor epoll_;
    Descriptor wake_;
    std::atomic<bool> woken_{false};
    std::atomic<bool> sleeping_{false};
    bool nanosecond_waits_ = true;  // epoll_pwait2: Linux 5.11
    epoll_event events_[events_max];
};

}  // namespace hubbub
