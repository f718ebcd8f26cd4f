// How far each member has received and read: two watermarks a (user, conversation), the highest of its
// devices. They rise in memory, are stored once a window, and told to others when they are stored.
// Owned by the owner side; its thread only.
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "refserver/core/commits.hpp"
#include "refserver/core/contacts.hpp"
#include "refserver/core/conversations.hpp"
#include "refserver/core/cursors.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

/// Nothing that was told is ever taken back, whatever crashes: it is in the store by then. What was said
/// within the last limits::receipt_window may be lost with the process; clients say it again.
class Receipts {
  public:
    Receipts(ShardContext& context, Switchboard& switchboard, Conversations& conversations, Commits& commits,
             Contacts& contacts, const bool& read_only);

    void take(const ReceiptMail& mail);
    /// Answers when everything that was said before is stored.
    void list(const ListReceiptsMail& mail);
    /// Before the batch of this turn goes out.
    void turn();
    void committed(std::uint64_t batch, CommitStatus status);
    [[nodiscard]] Time next_deadline() const;

  private:
    struct Marks {
        Watermarks now, told;
        bool changed = false;
    };
    struct Book {
        std::map<UserSlot, Marks> marks;
        Time counted_at = Time{} - limits::receipt_counts_every;
        bool to_count = false;
    };
    struct Change {
        Conversation* conversation = nullptr;
        UserSlot user;
        Watermarks marks;
    };
    struct Out {
        std::uint64_t batch = 0;
        std::vector<Change> changes;
        std::vector<ListReceiptsMail> askers;
    };
    void move_cursor(const Conversation& conversation, const ReceiptMail& mail);
    Result<Book*> book(const Conversation& conversation);
    void store_changes();
    void tell(const Change& change);
    void answer(const ListReceiptsMail& asker);
    void count(Conversation& conversation, const Book& book);
    void reject(const ListReceiptsMail& asker, ErrorCode code);
    void failed(const Error& error);

    ShardContext& context_;
    Switchboard& switchboard_;
    Conversations& conversations_;
    Commits& commits_;
    Contacts& contacts_;
    const bool& read_only_;
    std::unordered_map<ConversationId, Book> books_;
    Cursors cursors_;
    std::vector<Change> changed_;  // since the last batch; their marks are read when it is made
    std::vector<ListReceiptsMail> askers_;
    Time store_at_ = never;
    std::deque<Out> out_;
    std::multimap<Time, Conversation*> to_count_;
};

}  // namespace hubbub
