// Which sessions of this shard listen to which conversation, and what waits to be delivered to them.
// Owned by the session side; its thread only. Slots stay where they are, so that a fan-out can stop and go
// on.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "refserver/core/answers.hpp"
#include "refserver/core/context.hpp"
#include "refserver/core/session.hpp"

namespace hubbub {

class Switchboard;

struct Subscriber {
    LinkId link = no_link;
    /// Nothing up to here is sent (again): live entries at or below it were caught up.
    Sequence delivered = 0;
};

/// A committed entry on its way to this shard's subscribers.
struct PendingEntry {
    Sequence sequence = 0;
    SharedBytes frame;  ///< empty: goes to nobody
    SharedBytes ack;
    LinkId sender = no_link;  ///< gets the ack instead
    LinkId hidden = no_link;  ///< gets nothing
};

struct Topic {
    ConversationId conversation;
    Ticket ticket = 0;
    std::vector<Subscriber> slots;
    std::vector<std::uint32_t> free;
    std::vector<PendingEntry> pending;
    /// The first `taken` pending entries are being swept; slots before `cursor` have them.
    std::size_t taken = 0;
    std::size_t taken_bytes = 0;
    std::size_t cursor = 0;
    Time sweep_began{};
    bool queued = false;  ///< in one of the fan-out's queues
    [[nodiscard]] std::size_t subscribers() const { return slots.size() - free.size(); }
};

class Topics {
  public:
    Topics(ShardContext& context, Switchboard& switchboard);

    /// The owner counts this shard among the subscribers of `conversation` from `ticket` on. Forgets the
    /// topic again (and says so) unless a subscriber follows before settle().
    std::uint32_t attached(const ConversationId& conversation, Ticket ticket);
    /// `delivered`: the head up to which the session is being caught up. Subscribing again only moves it up.
    void subscribe(Session& session, LinkId link, std::uint32_t topic, Sequence delivered);
    void unsubscribe(Session& session, std::uint32_t topic);
    void unsubscribe_all(Session& session);
    /// Tells the owner when nobody here listens.
    void settle(std::uint32_t topic);

    [[nodiscard]] std::optional<std::uint32_t> find(const ConversationId& conversation) const;
    [[nodiscard]] Topic& at(std::uint32_t topic) { return topics_[topic]; }
    /// Entries that wait for a sweep or its end, of all topics. A forgotten topic's are gone with it.
    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    void add_pending(std::uint32_t topic, PendingEntry entry);
    /// The sweep of the first `taken` is through.
    void drop_taken(Topic& topic);
    [[nodiscard]] std::size_t size() const { return topics_.size() - free_.size(); }
    /// Where a session sits in a topic.
    static std::optional<std::uint32_t> slot_in(const Session& session, std::uint32_t topic);

  private:
    void release(const Subscription& subscription);

    ShardContext& context_;
    Switchboard& switchboard_;
    std::vector<Topic> topics_;
    std::vector<std::uint32_t> free_;
    std::size_t waiting_ = 0;
    std::unordered_map<ConversationId, std::uint32_t> by_conversation_;
};

}  // namespace hubbub
