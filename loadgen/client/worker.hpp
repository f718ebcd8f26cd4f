// One worker's pure core: its share of the virtual clients, their timers, their sends, and the checker that
// watches them. Owned by one worker thread (live) or the simulated world; not thread-safe. No sockets, no
// clock, no global random.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/histogram.hpp"
#include "loadgen/adapters/adapter.hpp"
#include "loadgen/check/checker.hpp"
#include "loadgen/client/fault_evidence.hpp"
#include "loadgen/client/token_mint.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/links.hpp"

namespace hubbub {

// ---- what the conductor tells every worker, in this order over a run
namespace command {
/// Once, before the first phase. Index: ConversationIndex.
struct Conversations {
    std::shared_ptr<const std::vector<ReadyConversation>> ready;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.ready);
    }
};
/// Offsets of the phase count from `start`. Connect phases open sessions by Plan::open_offset; load phases
/// send by Arrivals.
struct BeginPhase {
    using PlainBytes = void;
    std::uint32_t phase = 0;
    Time start{};
};
/// No further arrivals; what waits or is in flight goes on. Devices that are disconnected keep coming back.
struct Settle {};
/// Heads over all workers, by ConversationIndex: from here the worker knows what is owed.
struct ExpectHeads {
    std::shared_ptr<const std::vector<Sequence>> heads;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.heads);
    }
};
/// The settle time is over: what is still owed is overdue; resume (and page) it.
struct Repair {};
/// Read the whole history of the conversations with traffic, each by one reader chosen by hash among the
/// online members.
struct Audit {};
/// Nothing more will come: account for what is unsent, unreachable or unaudited, and close all connections.
struct Finish {};
}  // namespace command
using WorkerCommand = std::variant<command::Conversations, command::BeginPhase, command::Settle,
                                   command::ExpectHeads, command::Repair, command::Audit, command::Finish>;

/// What the conductor and the live screen see of a worker at any time.
struct WorkerStatus {
    using PlainBytes = void;
    std::uint32_t users = 0;      ///< planned online in this slice
    std::uint32_t online = 0;     ///< resumed and live now
    std::uint32_t gave_up = 0;    ///< devices that will not come back (refused for good)
    bool arrivals_done = false;   ///< the current load phase has no further arrivals
    std::uint64_t waiting = 0;    ///< due but unsent (device disconnected, window full)
    std::uint64_t in_flight = 0;  ///< attempted, unanswered
    std::uint64_t owed = 0;       ///< streams behind the expected heads (0 before ExpectHeads)
    std::uint32_t audits_pending = 0;
    std::uint32_t links_open = 0;
    std::uint64_t connects = 0;        ///< sessions that became live
    std::uint64_t connect_errors = 0;  ///< dials that ended before they were live
    std::uint64_t reconnects = 0;      ///< live again after a loss
    /// Commands obeyed so far: a status from before the last command says nothing about its effect.
    std::uint64_t obeyed = 0;
    Checker::Live live;
};

struct WorkerOptions {
    Duration connect_timeout = std::chrono::seconds{10};
    /// No answer to a send: the connection is given up, the client comes back, resumes and resends.
    Duration ack_timeout = std::chrono::seconds{10};
    // Reconnect: exponential with full jitter (AWS Architecture Blog, 2015)
    Duration backoff_base = std::chrono::milliseconds{200};
    Duration backoff_max = std::chrono::seconds{10};
    std::uint32_t endpoints = 1;
    /// Sends of one device that wait while it is disconnected or its window is full; above it they are
    /// `unsent`.
    std::uint32_t waiting_max = 1000;
    std::shared_ptr<const TokenMint> tokens = nullptr;  ///< null: the target asks for none
    /// Every frame of one user is told, a line each (FrameTrace); called on the worker's thread.
    struct Trace {
        UserIndex user;
        std::function<void(const std::string&)> line;
    };
    std::optional<Trace> trace = {};
};

class Worker final : public LinkOwner {
  public:
    Worker(const Plan& plan, Slice slice, RunKey key, Links& links, std::unique_ptr<Adapter> adapter,
           WorkerOptions options);
    ~Worker() override;

    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override;

    void obey(const WorkerCommand& command, Time now);
    /// Whose dial it is, by the token that Links::dial was given.
    [[nodiscard]] static DeviceIndex device_of_dial(const Slice& slice, std::uint64_t token);
    [[nodiscard]] WorkerStatus status() const;

    // ---- for the end
    [[nodiscard]] const Checker& checker() const;
    [[nodiscard]] const Histogram& schedule_lag() const;  ///< first attempt minus intended, while connected
    [[nodiscard]] const Histogram& connect_latency() const;                    ///< dial to live, first time
    [[nodiscard]] const Histogram& reconnect_latency() const;                  ///< link lost to live again
    [[nodiscard]] const std::map<std::string, std::uint64_t>& errors() const;  ///< grouped by stage
    [[nodiscard]] FaultEvidence faults() const;
    [[nodiscard]] std::uint64_t frame_cache_hits() const;  ///< entries that were decoded for another receiver

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
