// What waits for the store: one batch a turn, and what is to be said when it is committed.
// Owned by the owner side; its thread only.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "refserver/core/context.hpp"
#include "refserver/core/conversation.hpp"

namespace hubbub {

/// One log entry between its number and its commit.
struct Uncommitted {
    enum class Kind : std::uint8_t { message, created, added, changed };
    Kind kind = Kind::message;
    Conversation* conversation = nullptr;
    Sequence sequence = 0;
    SharedBytes frame;  ///< empty: acknowledged, but there is no such entry (sabotage)
    // message. No sender: nobody is acknowledged, all devices get it (sabotage)
    Sender* sender = nullptr;
    WireNumber number = 0;
    SendOp op = SendOp::text;
    // all others: who asked, with a client's repeated create
    struct Asker {
        SessionRef session;
        RequestId id = 0;
    };
    std::vector<Asker> askers;
    struct Change {
        EntryKind kind = EntryKind::joined;
        std::vector<std::string> names;
    };
    std::unique_ptr<Change> change = nullptr;  ///< null for messages, to keep them small
};

class Commits {
  public:
    explicit Commits(ShardContext& context) : context_(context) {}

    /// The batch of this turn.
    [[nodiscard]] WriteBatch& writes() { return filling_.writes; }
    [[nodiscard]] std::uint64_t filling_number() const { return next_number_; }
    /// In log order of each conversation. The sender's state is written once, with the batch.
    Uncommitted& add(Uncommitted entry);
    /// Hands the batch of this turn to the store, if there is one.
    void submit(const Names& names);
    /// The entries of the oldest batch that is out; `number` must be its number.
    std::vector<Uncommitted> take(std::uint64_t number);
    /// A create that waits for its commit, to add another asker.
    Uncommitted* find_created(const ConversationId& id);
    [[nodiscard]] std::size_t uncommitted() const { return uncommitted_; }

  private:
    struct Batch {
        std::uint64_t number = 0;
        Time submitted{};
        WriteBatch writes;
        std::vector<Uncommitted> entries;
    };
    ShardContext& context_;
    Batch filling_;
    std::deque<Batch> out_;
    std::uint64_t next_number_ = 1;
    std::size_t uncommitted_ = 0;
    std::string key_, value_;  // kept for their memory
};

}  // namespace hubbub
