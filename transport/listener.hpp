// Listening sockets of one loop: SO_REUSEPORT, so that every shard accepts for itself and the kernel spreads
// the connections. Owned by a loop; its thread only (listen() also before it runs).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/descriptor.hpp"
#include "transport/loop_stats.hpp"
#include "transport/poller.hpp"

namespace hubbub {

/// Whether a server may take this port. SO_REUSEPORT lets a second server of the same user share a port
/// silently, so the first shard asks before it listens.
Status check_port_free(const std::string& address, std::uint16_t port);

class Listener {
  public:
    /// Poller keys of the sockets: `first_key` and the next ones, below 2^32; no link has such an id.
    Listener(Poller& poller, LoopStats& stats, std::uint64_t first_key = 0)
        : poller_(poller), stats_(stats), first_key_(first_key) {}

    /// Port 0: the kernel chooses. Returns the port. `send_buffer_bytes`: SO_SNDBUF of accepted sockets, 0:
    /// default.
    Result<std::uint16_t> listen(const std::string& address, std::uint16_t port, int send_buffer_bytes);
    /// Closes all sockets; connections that wait in their backlogs are reset.
    void stop();

    /// Accepts up to `most` connections from the socket of `key` into `out`. Out of descriptors: one waiting
    /// peer is turned away by means of the emergency descriptor, and accepting pauses.
    void accept(std::uint64_t key, std::size_t most, Time now, std::vector<Descriptor>& out);
    /// Ends a pause that is over.
    void resume(Time now);
    /// When resume() is wanted; `never` when not paused.
    [[nodiscard]] Time next_deadline() const { return paused_until_; }

  private:
    void pause(Time now, int listening_fd);
    void arm(std::uint32_t events);

    Poller& poller_;
    LoopStats& stats_;
    std::uint64_t first_key_;
    std::vector<Descriptor> sockets_;
    Descriptor emergency_;  // closed to make room for one accept when there are no others left
    Time paused_until_ = never;
};

}  // namespace hubbub
