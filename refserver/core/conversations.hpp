// All conversations that this shard owns and has touched: loaded from the store at the first touch.
// Owned by the owner side; its thread only.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "refserver/core/context.hpp"
#include "refserver/core/conversation.hpp"

namespace hubbub {

class Conversations {
  public:
    explicit Conversations(ShardContext& context) : context_(context) {}

    /// Null: there is none. Errors: the store could not be read.
    Result<Conversation*> find(const ConversationId& id);
    /// A new one, not in the store yet.
    Conversation& create(const ConversationId& id, ConversationClass kind, std::string_view creator);
    /// What the user may do follows from this (authority.hpp). A `left` entry counts from its number on.
    [[nodiscard]] Standing standing(const Conversation& conversation, std::string_view user) const;
    /// The same for reading: whoever leaves is in until its `left` entry is committed.
    [[nodiscard]] Standing reading(const Conversation& conversation, std::string_view user) const;
    /// Loaded at the first touch.
    Result<Sender*> sender(Conversation& conversation, DeviceSlot device);

    /// Keeps a committed frame for resumes, within the limits of the conversation and of the shard.
    void remember(Conversation& conversation, RecentEntry entry);

    using VisitEntry = std::function<bool(Sequence, const LogEntry&)>;
    /// Committed entries from..to in rising order until `visit` returns false.
    Status read(const Conversation& conversation, Sequence from, Sequence to, const VisitEntry& visit);
    /// The same in falling order.
    Status read_back(const Conversation& conversation, Sequence from, Sequence to, const VisitEntry& visit);
    /// Rises when committed entries may have been lost: the store keeps it, all conversations share it.
    Result<Epoch> store_epoch();

    Names names;

  private:
    [[nodiscard]] static Standing inside(const Member& member);
    Result<Conversation*> load(const ConversationId& id);
    Status load_members(Conversation& conversation);
    Status load_head(Conversation& conversation);
    Status read_recent(const Conversation& conversation, Sequence from, Sequence to, const VisitEntry& visit);
    void forget_recent(Conversation& conversation, std::size_t keep);

    ShardContext& context_;
    std::unordered_map<ConversationId, std::unique_ptr<Conversation>> all_;
    std::list<Conversation*> by_use_;  // those with recent entries, least recently used first
    std::size_t recent_bytes_ = 0;
    std::optional<Epoch> store_epoch_;
};

/// A stored entry in the words of the protocol; borrows from `entry`.
Entry to_wire(const ConversationId& conversation, Sequence sequence, const LogEntry& entry);

}  // namespace hubbub
