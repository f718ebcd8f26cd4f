// The half of a shard that owns conversations: authorize, dedup, next sequence number, append; acknowledge
// and fan out after the commit. Owned by the Shard; its thread only. Speaks to sessions only through the
// switchboard.
#pragma once

#include "refserver/core/catch_up.hpp"
#include "refserver/core/commits.hpp"
#include "refserver/core/contacts.hpp"
#include "refserver/core/conversations.hpp"
#include "refserver/core/membership.hpp"
#include "refserver/core/owner_sabotage.hpp"
#include "refserver/core/reactions.hpp"
#include "refserver/core/receipts.hpp"
#include "refserver/core/switchboard.hpp"
#include "refserver/core/targets.hpp"
#include "refserver/core/typings.hpp"

namespace hubbub {

class OwnerSide {
  public:
    OwnerSide(ShardContext& context, Switchboard& switchboard, Random random, Saboteur* saboteur);

    void send(const SendRequest& request);
    void attach(const AttachMail& mail) { catch_up_.attach(mail); }
    void detach(const DetachMail& mail) { catch_up_.detach(mail); }
    void left(const LeftMail& mail);
    void history(const HistoryMail& mail) { catch_up_.history(mail); }
    void create(CreateMail&& mail) { membership_.create(std::move(mail)); }
    void add(const AddMail& mail) { membership_.add(mail); }
    // ---- what is said beside the log
    Receipts& receipts() { return receipts_; }
    Typings& typings() { return typings_; }
    Contacts& contacts() { return contacts_; }
    Reactions& reactions() { return reactions_; }
    void change(const ChangeMail& mail) { membership_.change(mail); }
    void members(const MembersMail& mail) { catch_up_.members(mail); }

    void committed(std::uint64_t batch, CommitStatus status);
    /// Of this turn: for other parts of the shard that have something to keep.
    [[nodiscard]] WriteBatch& writes() { return commits_.writes(); }
    /// Ends the turn: its batch goes to the store.
    void turn();
    [[nodiscard]] Time next_deadline() const;
    [[nodiscard]] bool read_only() const { return read_only_; }

  private:
    [[nodiscard]] ErrorCode check_room(const Sender& sender) const;
    [[nodiscard]] ErrorCode check_target(const Conversation& conversation, UserSlot user,
                                         const SendRequest& request);
    void repeat(const SendRequest& request, const Conversation& conversation, Sender& sender);
    void append(const SendRequest& request, Conversation& conversation, Sender& sender);
    void append_again(const SendRequest& request, Conversation& conversation, Sender& sender);
    void append_honestly(LogEntry entry, Conversation& conversation, Sender& sender);
    /// An entry under its number: into the batch, and onto the list of what is to be published.
    Uncommitted& log(const LogEntry& entry, Conversation& conversation, Sequence sequence, Sender* sender);
    // ---- sabotage
    void append_wrongly(LogEntry entry, Conversation& conversation, Sender& sender);
    bool append_swapped(const SendRequest& request, Conversation& conversation, Sender& sender);
    void release_held(bool at_once = false);
    void publish(Uncommitted& entry);
    void publish_message(Uncommitted& entry);
    void unknown(const Uncommitted& entry);
    void reject(const SendRequest& request, ErrorCode code, std::uint32_t retry_after_ms = 0);
    [[nodiscard]] std::uint32_t too_often(const SendRequest& request, Conversation& conversation) const;
    SharedBytes ack(const Conversation& conversation, WireNumber number, Sequence sequence);

    ShardContext& context_;
    Switchboard& switchboard_;
    std::unique_ptr<OwnerSabotage> wrongs_;
    Conversations conversations_;
    Commits commits_;
    bool read_only_ = false;
    CatchUp catch_up_;
    Targets targets_;
    Contacts contacts_;
    Receipts receipts_;
    Typings typings_;
    Reactions reactions_;
    MembershipChanges membership_;
    std::string key_, value_;  // kept for their memory
};

}  // namespace hubbub
