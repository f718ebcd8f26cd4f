// Whom each user knows and whom it does not want to hear: kept at the user's home shard.
// Owned by the owner side of that shard; its thread only.
#pragma once

#include <deque>
#include <map>

#include "refserver/core/commits.hpp"
#include "refserver/core/conversations.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

class Contacts {
  public:
    Contacts(ShardContext& context, Switchboard& switchboard, Conversations& conversations, Commits& commits,
             const bool& read_only);

    void change(const ChangeContactMail& mail);
    void list(const ListContactsMail& mail);
    /// Somebody wants to open a direct conversation with a user of this home: goes on, or is refused as if
    /// that user did not exist.
    void permit(PermitMail&& mail);
    /// At the owner of a direct conversation: one of the two blocks the other from now on, or no longer.
    void blocked(const BlockMail& mail);
    /// Whether one member of a direct conversation blocks another: then nothing is said in it.
    bool silenced(Conversation& conversation);
    void committed(std::uint64_t batch, CommitStatus status);

  private:
    struct Book {
        std::map<std::string, Contact, std::less<>> of;  ///< as it will be when all that is out is committed
        std::uint32_t out = 0;
        [[nodiscard]] std::size_t count(bool Contact::*what) const;
        [[nodiscard]] Contact to(std::string_view other) const;
    };
    struct Out {
        std::uint64_t batch = 0;
        ChangeContactMail mail;
        bool news = false;
        bool block_changed = false;
    };
    Result<Book*> book(const std::string& user);
    void forget_old();
    [[nodiscard]] ErrorCode refusal(const ChangeContactMail& mail, const Book& book) const;
    void tell_owners(const ChangeContactMail& mail);
    void reject(const SessionRef& session, RequestId id, ErrorCode code);
    ErrorCode failed(const Error& error);

    ShardContext& context_;
    Switchboard& switchboard_;
    Conversations& conversations_;
    Commits& commits_;
    const bool& read_only_;
    std::map<std::string, Book, std::less<>> books_;
    std::deque<std::string> by_age_;  // in the order of their reading
    std::deque<Out> out_;
};

}  // namespace hubbub
