// One thread's event loop: carries the bytes of its links between sockets and a core. One clock read, one
// armed timer, one recv and one sendmsg a link in a turn. Owned by a shard's or worker's shell; everything
// but wake(), stop() and stats() belongs to the thread that runs it (set-up: to whoever made it, before
// run()).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "protocol/limits.hpp"
#include "protocol/links.hpp"
#include "transport/address.hpp"
#include "transport/dialer.hpp"
#include "transport/link_table.hpp"
#include "transport/listener.hpp"
#include "transport/loop_stats.hpp"
#include "transport/poller.hpp"
#include "transport/tls.hpp"
#include "transport/upgrade.hpp"

namespace hubbub {

struct LoopOptions {
    // ---- dialing
    std::vector<Endpoint> endpoints;                ///< what the endpoint numbers of dial() mean
    std::vector<Address> sources;                   ///< dial from these in turn; empty: the kernel chooses
    Duration dial_timeout = limits::handshake_max;  ///< from dial() to the opened link, HTTP included
    std::uint64_t seed = 0;                         ///< of the handshakes' nonces
    // ---- accepting
    UpgradeRules upgrade;
    Duration handshake_max = limits::handshake_max;
    std::size_t accepts_per_turn = 256;  ///< a storm must not starve those who are in
    // ---- TLS; none: plain connections
    std::shared_ptr<const TlsContext> server_tls;  ///< every accepted connection begins with a TLS handshake
    std::shared_ptr<const TlsContext> client_tls;  ///< of endpoints with `tls`
    // ---- links
    Duration close_grace = limits::close_grace;
    int send_buffer_bytes = 0;  ///< SO_SNDBUF; 0: the kernel's own tuning
    // ---- turns
    /// So long a turn reads, then it sees to its timers and writes: a generator that is told much must still
    /// send in time, a server answer. Half a turn's budget.
    Duration read_slice = std::chrono::milliseconds{1};
    Duration turn_budget = std::chrono::milliseconds{2};  ///< longer ones are counted as slow
};

/// What other threads leave for this one: drained in the turn after a wake().
class LoopTask {
  public:
    virtual ~LoopTask() = default;
    virtual void drain(Time now) = 0;
};

class Loop final : public Links {
  public:
    /// `clock` must outlive the loop.
    Loop(LoopOptions options, const Clock& clock);
    ~Loop() override;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // ---- set-up; all of these must outlive run()
    void set_owner(LinkOwner& owner) { owner_ = &owner; }
    void add_task(LoopTask& task) { tasks_.push_back(&task); }
    /// Numeric address; port 0: the kernel chooses. Returns the port, which other loops may listen on too.
    Result<std::uint16_t> listen(const std::string& address, std::uint16_t port);
    void stop_listening() { listener_.stop(); }

    // ---- running
    /// Turns until stop(). Links that still stand are cut when the loop is destroyed.
    void run();
    /// One turn, waiting at most `max_wait` for something to do.
    void run_turn(Duration max_wait);

    // ---- any thread
    /// Ends run() after the current turn.
    void stop();
    /// "You have mail": the tasks are drained in the next turn. Cheap when the loop is awake or already told.
    void wake() { poller_.wake(); }
    [[nodiscard]] const LoopStats& stats() const { return stats_; }

    // ---- Links, for the owner
    void send(LinkId link, const SharedBytes& frame) override;
    [[nodiscard]] std::size_t queued_bytes(LinkId link) const override;
    void close(LinkId link) override;
    void abort(LinkId link) override;
    void set_reading(LinkId link, bool reading) override;
    void dial(std::uint64_t token, std::uint32_t endpoint) override;

  private:
    /// Waits of one fixed length: first in, first due. Entries of links that moved on are skipped.
    struct Deadline {
        Time at;
        LinkId link;
    };
    /// What the owner hears at the start of the next turn.
    struct Notice {
        LinkId link;              // ended, or none:
        std::uint64_t token = 0;  // the dial that failed
        LinkEnd why{};
        int detail = 0;
    };

    // loop.cpp: the turn
    Duration time_to_wait(Duration max_wait);
    void dispatch_a_slice();
    void dispatch(const epoll_event& event);
    void deliver_notices();
    void expire();
    template <class Waits>
    static Time first_deadline(std::deque<Deadline>& queue, Waits&& waits);

    // loop_links.cpp: links that carry bytes
    void read(LinkId link, LinkSlot& slot);
    void take(LinkId link, LinkSlot& slot, std::span<char> bytes);
    void peer_ended(LinkId link, LinkSlot& slot);
    void schedule_flush(LinkId link, LinkSlot& slot);
    void flush_all();
    void flush(LinkId link, LinkSlot& slot);
    void flushed(LinkId link, LinkSlot& slot);
    void broke(LinkId link, LinkSlot& slot);
    void set_write_armed(LinkId link, LinkSlot& slot, bool armed);
    void arm(LinkId link, const LinkSlot& slot);
    static void reset_on_close(LinkSlot& slot);
    void start_closing(LinkId link, LinkSlot& slot);
    void end_link(LinkId link, LinkSlot& slot, LinkEnd why, int detail = 0);

    // loop_tls.cpp: the same through a TLS session
    void begin_tls(LinkId link, LinkSlot& slot, std::unique_ptr<TlsSession> session);
    void read_tls(LinkId link, LinkSlot& slot, std::string_view cipher);
    void flush_tls(LinkId link, LinkSlot& slot);
    void encrypt(LinkSlot& slot, TlsSession& session);
    [[nodiscard]] TlsSession& tls_of(LinkId link) { return *tls_.at(link.value); }

    // loop_handshake.cpp: links on their way to being open
    void accept(std::uint64_t key);
    void connected(LinkId link, LinkSlot& slot);
    void upgrade(LinkId link, LinkSlot& slot, std::string_view bytes);
    void upgrade_server(LinkId link, LinkSlot& slot, std::string_view bytes);
    void upgrade_client(LinkId link, LinkSlot& slot, std::string_view bytes);
    void open(LinkId link, LinkSlot& slot, std::uint64_t token, std::string rest);
    void handshake_expired(LinkId link, LinkSlot& slot);

    LoopOptions options_;
    const Clock& clock_;
    LinkOwner* owner_ = nullptr;
    std::vector<LoopTask*> tasks_;
    LoopStats stats_;
    Poller poller_;
    LinkTable links_;
    Listener listener_;
    Dialer dialer_;
    Random random_;
    std::span<const epoll_event> events_;  // told by the poller, not dispatched yet
    Time now_;                             // of this turn
    Time turn_end_;                        // of the last one
    std::vector<char> read_buffer_;
    std::vector<char> tls_buffer_;  // plain bytes, beside read_buffer_; empty until TLS is met
    std::unordered_map<std::uint64_t, std::unique_ptr<TlsSession>> tls_;  // looked up, never walked
    std::vector<iovec> buffers_;
    std::vector<LinkId> flush_due_, flushing_;
    std::vector<Notice> notices_, delivering_;
    std::vector<Descriptor> accepted_;
    std::deque<Deadline> accept_deadlines_, dial_deadlines_, close_deadlines_;
    std::atomic<bool> stopping_{false};
};

}  // namespace hubbub
