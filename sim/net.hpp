// The network of the simulated world: connections as two faulty pipes, dials, resets; every event in one
// deterministic order. Owned by the world; one thread. Each participant (shard, worker, setup) sees it as its
// Links.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "chaos/pipe.hpp"
#include "protocol/links.hpp"

namespace hubbub::sim {

/// Folds everything that crosses the network into 64 bits: equal traces have equal hashes, and the count says
/// how far they agree.
struct Trace {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    void add(Time when, std::uint64_t what, std::string_view bytes);
};

/// Readers that cannot keep up: to this share of the connections the servers' bytes go through a socket that
/// holds so many, and over a line of its own speed. What does not fit waits at the server.
struct SlowReading {
    double share = 0;
    std::uint32_t bytes_per_second = 0;
    std::size_t socket_bytes = 16 * 1024;
};

class Net {
  public:
    using Side = std::uint32_t;

    Net(LinkModel model, SlowReading slow, Random random, Trace& trace);
    ~Net();

    /// Connections that are dialed from now on draw their faults out of this set, which must outlive the net;
    /// upstream is towards the servers.
    void set_faults(const FaultSet& faults) { faults_ = &faults; }

    /// A place for a participant; its Links live as long as the net. The participant itself, which is built
    /// around them, follows by attach().
    Side join();
    Links& links(Side side);
    void attach(Side side, LinkOwner& owner);
    /// The participants that accept dials, taken in turn; empty: every dial is refused.
    void set_servers(std::vector<Side> servers);
    /// A participant is gone (killed): its links are reset and nothing reaches it any more.
    void kill(Side side, Time now);
    /// The participant stands still: what comes for it waits, as in the sockets of a stopped process.
    void freeze(Side side);
    void thaw(Side side, Time now);

    [[nodiscard]] Time next_deadline() const;
    /// Hands out everything due at `now`; calls `touched(side)` for each participant that got something.
    void deliver(Time now, const std::function<void(Side)>& touched);
    /// End of a participant's turn: what it queued goes into the pipes.
    void flush(Side side, Time now);
    /// Resets the connections whose hash draws below `share` (1: all). Returns how many.
    std::uint32_t cut(double share, Time now);
    [[nodiscard]] std::uint32_t open_links() const { return open_links_; }

  private:
    class SideLinks;
    struct End;
    enum class What : std::uint8_t { dial, opened, refused, data, closed };
    struct Event {
        Time when;
        std::uint64_t order;
        What what;
        std::uint32_t slot;
        std::uint32_t generation;
        std::uint64_t detail;
        bool operator>(const Event& other) const {
            return when != other.when ? when > other.when : order > other.order;
        }
    };

    std::uint32_t new_end(Side side);
    End* find(LinkId link);
    void schedule(Time when, What what, std::uint32_t slot, std::uint64_t detail);
    void schedule_data(std::uint32_t slot);
    void dial(Side side, std::uint64_t token, Time now);
    void ended_by_fault(std::uint32_t slot, Time now);
    void fill_pipe(std::uint32_t slot, Time now);
    [[nodiscard]] bool waits(const Event& event) const;
    void run(const Event& event, Time now, const std::function<void(Side)>& touched);
    void accept(const Event& event, Time now, const std::function<void(Side)>& touched);
    void pour(std::uint32_t slot, Time now, const std::function<void(Side)>& touched);
    void finish(std::uint32_t slot, LinkEnd why, Time now, const std::function<void(Side)>& touched);
    void reset_pair(std::uint32_t slot, LinkEnd own, Time now);

    LinkModel model_;
    SlowReading slow_;
    Random random_;
    Trace& trace_;
    std::vector<std::unique_ptr<SideLinks>> sides_;
    std::vector<Side> servers_;
    std::size_t next_server_ = 0;
    std::vector<End> ends_;
    std::vector<std::uint32_t> free_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::vector<Event> frozen_;  ///< for participants that stand still, in order
    std::uint64_t order_ = 0;
    std::uint64_t dials_ = 0;
    const FaultSet* faults_ = nullptr;
    std::uint64_t fault_draws_ = 0;
    std::map<std::uint64_t, std::shared_ptr<ConnectionFaults>>
        dialing_;  // by the order of their dials' events
    std::uint32_t open_links_ = 0;
};

}  // namespace hubbub::sim
