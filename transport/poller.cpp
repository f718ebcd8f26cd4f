#include "transport/poller.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

#include "base/assert.hpp"

namespace hubbub {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    HUBBUB_ASSERT(epoll_ && wake_, "no descriptors left for an event loop");
    add(wake_.get(), EPOLLIN, wake_key);
}

void Poller::add(int fd, std::uint32_t events, std::uint64_t key) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    const int error = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
    HUBBUB_ASSERT(error == 0, "epoll_ctl(ADD)");
}

void Poller::modify(int fd, std::uint32_t events, std::uint64_t key) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    const int error = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
    HUBBUB_ASSERT(error == 0, "epoll_ctl(MOD)");
}

void Poller::remove(int fd) {
    const int error = ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    HUBBUB_ASSERT(error == 0, "epoll_ctl(DEL)");
}

void Poller::wake() {
    // Either this thread sees the waiter asleep and writes, or the waiter sees woken_ before it sleeps: both
    // pairs of accesses are sequentially consistent (Dekker).
    if (woken_.exchange(true)) return;
    if (!sleeping_.exchange(false)) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof(one));
}

std::span<epoll_event> Poller::wait(Duration timeout) {
    bool asleep = false;
    if (timeout > Duration::zero()) {
        sleeping_.store(true);
        asleep = true;
        if (woken_.load()) timeout = Duration::zero();
    }
    const int found = wait_for(timeout);
    if (asleep) sleeping_.store(false);
    if (found <= 0) return {};
    epoll_event* const end = std::remove_if(events_, events_ + found, [&](const epoll_event& event) {
        if (event.data.u64 != wake_key) return false;
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof(count));
        return true;
    });
    return {events_, end};
}

int Poller::wait_for(Duration timeout) {
    const bool forever = timeout == Duration::max();
    if (nanosecond_waits_) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
        timespec ts{};
        ts.tv_sec = seconds.count();
        ts.tv_nsec = (timeout - seconds).count();
        const int found = ::epoll_pwait2(epoll_.get(), events_, events_max, forever ? nullptr : &ts, nullptr);
        if (found >= 0 || errno != ENOSYS) return found;
        nanosecond_waits_ = false;
    }
    const auto millis =
        std::chrono::ceil<std::chrono::milliseconds>(std::min<Duration>(timeout, std::chrono::hours{1}));
    return ::epoll_wait(epoll_.get(), events_, events_max, forever ? -1 : static_cast<int>(millis.count()));
}

}  // namespace hubbub
