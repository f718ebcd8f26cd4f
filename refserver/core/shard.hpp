// The chat server's pure core for one shard: its connections, sessions, and the conversations that hash to
// it. Owned by one shard thread (live) or by the simulated world; not thread-safe. No sockets, no disk
// thread, no clock, no global random.
#pragma once

#include <memory>

#include "base/log.hpp"
#include "base/random.hpp"
#include "protocol/limits.hpp"
#include "protocol/links.hpp"
#include "refserver/core/authenticator.hpp"
#include "refserver/core/delivery_strategy.hpp"
#include "refserver/core/mail.hpp"
#include "refserver/core/rate_limit.hpp"
#include "refserver/core/sabotage.hpp"
#include "refserver/core/slow_reader_policy.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

/// The way to other shards; a shard never posts to itself.
class Mailroom {
  public:
    virtual ~Mailroom() = default;
    /// Takes the mail, or returns false and leaves it untouched when the queue is full: an answer or a
    /// committed entry must not be lost, so the shard keeps it and tries again in its next turn.
    virtual bool post(ShardId to, ShardMail&& mail) = 0;
};

/// Strategies and sizes, chosen per run.
struct ServerOptions {
    std::uint32_t shards = 1;
    Duration beat = limits::beat_interval;
    Duration silence = limits::silence_max;
    std::size_t outbox_bytes_max = limits::outbox_bytes_max;
    SlowReaderPolicy slow_reader = SlowReaderPolicy::disconnect;
    DeliveryStrategy delivery = DeliveryStrategy::effectively_once;
    std::size_t fanout_slice = limits::fanout_slice;
    std::size_t fanout_bulk_listeners = limits::fanout_bulk_listeners;
    std::string version = "hubbub";
    /// Asked about every hello; null: everybody is who he says he is.
    std::shared_ptr<const Authenticator> authenticator = nullptr;
    ServerLimits limits = {};
    /// Of the shards' time line: what to add for the wall clock. Last seen must outlive the process.
    Duration since_1970{};
    SabotagePlan sabotage = {};
};

/// Counted by the shard's thread, read by any (relaxed atomics; see refserver/core/counters.hpp).
struct ShardCounters;

class Shard final : public LinkOwner {
  public:
    /// All references must outlive the shard. `random` names conversations; `truth` is told of every sabotage
    /// before it happens.
    Shard(ShardId self, const ServerOptions& options, Links& links, Mailroom& mailroom, Store& store,
          Random random, SabotageTruth& truth, Log& log);
    ~Shard() override;

    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override;

    void mail(ShardMail mail, Time now);
    void committed(std::uint64_t batch_number, CommitStatus status, Time now);

    /// Sends everybody away with `going_away`, a slice a turn, to come back spread over `spread`; whoever
    /// comes from now on is sent away at once.
    void drain(Duration spread, Time now);

    [[nodiscard]] const ShardCounters& counters() const;
    /// Which shard owns a conversation: the same for everyone, for ever (stored data depends on nothing
    /// else).
    static ShardId owner_of(const ConversationId& conversation, std::uint32_t shards);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
