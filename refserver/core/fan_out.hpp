// Delivery of committed entries to this shard's subscribers: sweeps over a conversation's slots, in slices.
// Owned by the session side; its thread only.
#pragma once

#include <deque>

#include "refserver/core/connection.hpp"
#include "refserver/core/delivery_sabotage.hpp"
#include "refserver/core/topics.hpp"

namespace hubbub {

/// A sweep gives every subscriber all entries that were pending when it began, so that they leave together.
/// Conversations of at most one slice of subscribers are swept whole, in the turn of the entry; larger ones
/// share one slice a turn in round-robin, so that they disturb neither each other nor the small ones. Bulk
/// ones (limits::fanout_bulk_listeners) have a slice of their own and pause after it while others have
/// traffic, for a while: a channel of 25,000 may take its time, a conversation of two may not.
class FanOutQueue {
  public:
    FanOutQueue(ShardContext& context, Connections& connections, Topics& topics, Saboteur* saboteur);

    /// An entry for the subscribers of a topic, behind those that wait. `origin`: where it comes from.
    void add(std::uint32_t topic, PendingEntry entry, const FanOut& origin);
    /// One subscriber gets what waits up to `until` now, so that it may leave behind it.
    void finish(std::uint32_t topic, std::uint32_t slot, Sequence until);
    /// It has left.
    void departed(const ConversationId& conversation, LinkId link) {
        if (wrongs_) wrongs_->departed(conversation, link);
    }
    void turn();
    /// `now` while sweeps are unfinished.
    [[nodiscard]] Time next_deadline() const;
    /// Entries that wait for a sweep or its end; above limits::uncommitted_max no new sends are taken here.
    [[nodiscard]] std::size_t waiting() const { return topics_.waiting(); }

  private:
    void queue(std::uint32_t topic);
    std::size_t serve_bulk();
    std::size_t serve_front(std::deque<std::uint32_t>& queue);
    void begin_sweep(Topic& topic);
    void serve_senders(Topic& topic);
    std::size_t sweep_slice(Topic& topic, std::size_t slots_max);
    bool deliver(Topic& topic, Subscriber& subscriber);
    bool deliver_first(Topic& topic, Subscriber& subscriber, std::size_t count, std::size_t bytes);
    void finish_slice(std::uint32_t index, std::size_t served);
    [[nodiscard]] bool bulk(const Topic& topic) const;
    void push(const Topic& topic, Connection& connection, const PendingEntry& entry,
              const SharedBytes& frame);
    void sabotage_turn();

    ShardContext& context_;
    Connections& connections_;
    Topics& topics_;
    std::deque<std::uint32_t> small_, large_, bulk_;
    Time bulk_from_{};                                ///< no bulk slice before
    Time others_at_ = Time{} - limits::fanout_quiet;  ///< last entry of one that is not bulk
    std::unique_ptr<DeliverySabotage> wrongs_;
};

}  // namespace hubbub
