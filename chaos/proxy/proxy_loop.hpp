// The thread of all proxies: their listeners, their connections, one clock read a turn.
// Owned by the proxy's shell; everything but post(), stop() and stats() belongs to the thread that runs it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "chaos/proxy/relay.hpp"
#include "transport/inbox.hpp"
#include "transport/listener.hpp"

namespace hubbub {

/// Who accepts: told of each connection.
class ProxyPort {
  public:
    virtual ~ProxyPort() = default;
    virtual void accept(std::uint64_t key, Time now, std::vector<Descriptor>& out) = 0;
    virtual std::unique_ptr<Relay> relay(RelayContext& context, Descriptor client, std::uint64_t key,
                                         Time now) = 0;
    virtual Dialer& upstream() = 0;
    /// No place is left for this one.
    virtual void turned_away() = 0;
    [[nodiscard]] virtual Time next_deadline() const = 0;
    virtual void expire(Time now) = 0;
};

class ProxyLoop {
  public:
    /// `clock` must outlive it. `window`: bytes inside of one direction; `connections_max`: of all proxies.
    ProxyLoop(const Clock& clock, std::size_t window, std::size_t connections_max);
    ~ProxyLoop();
    ProxyLoop(const ProxyLoop&) = delete;
    ProxyLoop& operator=(const ProxyLoop&) = delete;

    void run();
    /// One turn, waiting at most so long.
    void run_turn(Duration max_wait);

    // ---- any thread
    /// Done on the loop's thread soon, in the order of the posts. False: too many wait, it is not done.
    bool post(std::function<void(Time now)> work);
    void stop();

    // ---- the loop's thread
    [[nodiscard]] Poller& poller() { return poller_; }
    [[nodiscard]] LoopStats& stats() { return stats_; }
    /// A key for one listener.
    std::uint64_t add_port(ProxyPort& port);
    void remove_port(std::uint64_t key);
    /// Connections of this port that stand.
    void each_relay(const ProxyPort& port, const std::function<void(Relay&)>& act);
    void cut(const ProxyPort& port);
    [[nodiscard]] std::size_t connections() const { return open_; }

  private:
    struct Slot {
        std::uint32_t generation = 0;
        std::unique_ptr<Relay> relay;
        const ProxyPort* port = nullptr;
    };

    Duration time_to_wait(Duration max_wait) const;
    void dispatch(const epoll_event& event);
    void accept(std::uint64_t key);
    void add_relay(ProxyPort& port, Descriptor client);
    void sweep();
    void release(std::uint32_t index);

    const Clock& clock_;
    std::size_t connections_max_;
    Poller poller_;
    LoopStats stats_;
    Time now_;
    TimerWheel timers_;
    std::vector<char> buffer_;
    std::vector<ProxyPort*> ports_;  // by key; null: gone
    std::vector<std::uint32_t> free_;
    std::vector<std::uint64_t> ended_;
    RelayContext context_;
    std::vector<Slot> slots_;  // its relays use what stands above
    std::vector<Descriptor> accepted_;
    std::size_t open_ = 0;
    Inbox<std::function<void(Time)>> inbox_;
    std::vector<std::function<void(Time)>> work_;
    std::atomic<bool> stopping_{false};
};

}  // namespace hubbub
