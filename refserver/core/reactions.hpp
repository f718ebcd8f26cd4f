// Who reacted how to which entry: stored with the request, told to the others when it is.
// Owned by the owner side; its thread only.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "refserver/core/commits.hpp"
#include "refserver/core/contacts.hpp"
#include "refserver/core/conversations.hpp"
#include "refserver/core/owner_sabotage.hpp"
#include "refserver/core/switchboard.hpp"
#include "refserver/core/targets.hpp"

namespace hubbub {

class Reactions {
  public:
    Reactions(ShardContext& context, Switchboard& switchboard, Conversations& conversations, Commits& commits,
              Targets& targets, Contacts& contacts, const bool& read_only, OwnerSabotage* wrongs);

    /// Setting what is set, and taking back what is not, is answered like the first time and told to nobody.
    void react(const ReactMail& mail);
    void list(const ListReactionsMail& mail);
    /// Counts of large conversations that are due.
    void turn();
    void committed(std::uint64_t batch, CommitStatus status);
    [[nodiscard]] Time next_deadline() const;

  private:
    /// Of one entry: who set which body, as it will be when all that is out is committed.
    struct Book {
        std::map<std::string, std::set<UserSlot>, std::less<>> by_body;
        std::uint32_t out = 0;  ///< changes that wait for their commit; only at 0 it may be forgotten
    };
    using Place = std::pair<ConversationId, Sequence>;
    struct Change {
        ReactMail mail;
        Conversation* conversation = nullptr;
        UserSlot user;
        bool news = false;
    };
    struct Out {
        std::uint64_t batch = 0;
        Change change;
    };
    Result<Book*> book(const ConversationId& conversation, Sequence target);
    void forget_old();
    [[nodiscard]] ErrorCode refusal(const ReactMail& mail, Conversation*& conversation, UserSlot& user);
    /// Whether it would change anything.
    [[nodiscard]] static bool would_change(const Book& book, const ReactMail& mail, UserSlot user);
    bool change(Book& book, const ReactMail& mail, UserSlot user);
    void tell(const Change& change);
    void count_later(const Change& change);
    using Reacted = std::pair<Sequence, std::string>;  // entry and body
    void tell_counts(const Conversation& conversation, std::set<Reacted>& changed);
    void reject(const SessionRef& session, RequestId id, ErrorCode code);
    ErrorCode failed(const Error& error);

    ShardContext& context_;
    Switchboard& switchboard_;
    Conversations& conversations_;
    Commits& commits_;
    Targets& targets_;
    Contacts& contacts_;
    const bool& read_only_;
    OwnerSabotage* wrongs_;  ///< null: an honest server
    std::map<Place, Book> books_;
    std::deque<Place> by_age_;  // in the order of their reading
    std::deque<Out> out_;
    struct Counting {
        Time at{};
        std::set<Reacted> changed;
    };
    std::map<ConversationId, Counting> counting_;  // a large conversation stays for a while after its counts
};

}  // namespace hubbub
