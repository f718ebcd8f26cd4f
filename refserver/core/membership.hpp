// Creating conversations and all changes of who is in them: `joined`, `left` and `role` entries, with
// membership, index and entry in one batch. Owned by the owner side; its thread only.
#pragma once

#include "refserver/core/commits.hpp"
#include "refserver/core/conversations.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

class MembershipChanges {
  public:
    /// `random` names new conversations; `read_only` is the owner's.
    MembershipChanges(ShardContext& context, Switchboard& switchboard, Conversations& conversations,
                      Commits& commits, const bool& read_only, Random random);

    /// Idempotent by (creator, key). Runs at the shard that creator and key choose, which then owns it.
    void create(CreateMail&& mail);
    void add(const AddMail& mail);
    /// Join, leave, kick, role.
    void change(const ChangeMail& mail);

    /// Answers whoever asked, after the entry itself went out.
    void committed(Uncommitted& entry);
    void unknown(const Uncommitted& entry);

  private:
    /// The conversation of an earlier create; nullopt: there is none.
    Result<std::optional<ConversationId>> find_created(std::string_view creator, std::string_view key);
    void answer_existing(CreateMail&& mail, const ConversationId& id);
    void create_new(const CreateMail& mail);
    Result<ConversationId> draw_id(std::string_view creator, std::string_view key);
    /// Names them in memory and in the batch, as of entry `joined`.
    void enroll(Conversation& conversation, const std::vector<std::string>& members, Sequence joined);
    void append(Conversation& conversation, Uncommitted::Kind kind, LogEntry entry, Uncommitted::Asker asker);
    [[nodiscard]] bool overloaded() const;
    /// False: the asker has been told why not.
    bool may_write(const SessionRef& session, RequestId id);
    Result<bool> creates_too_much(std::string_view creator);
    static LogEntry joined_entry(const std::string& user, const std::vector<std::string>& members);
    static std::vector<std::string> distinct(const std::vector<std::string>& names);
    // ---- changes, in membership_changes.cpp
    void join(const ChangeMail& mail, Conversation& conversation);
    void put_out(const ChangeMail& mail, Conversation& conversation, const std::vector<std::string>& names);
    void set_role(const ChangeMail& mail, Conversation& conversation);
    [[nodiscard]] std::vector<std::string> present(const Conversation& conversation,
                                                   const std::vector<std::string>& names) const;
    [[nodiscard]] bool orphans(const Conversation& conversation, const std::vector<std::string>& names,
                               bool leaving) const;
    Result<std::size_t> count_conversations(std::string_view user) const;
    void apply(Conversation& conversation, const LogEntry& entry, Sequence sequence);
    void departed(Conversation& conversation, const Uncommitted& entry);
    void introduce(const Conversation& conversation, const Uncommitted& entry);
    void reject(const SessionRef& session, RequestId id, ErrorCode code);
    void answer(const SessionRef& session, const ServerMessage& message);
    void failed(const SessionRef& session, RequestId id, const Error& error);

    ShardContext& context_;
    Switchboard& switchboard_;
    Conversations& conversations_;
    Commits& commits_;
    const bool& read_only_;
    Random random_;
    /// Creates of this process: the store may show them late.
    NameMap<ConversationId> created_;
    /// How many each creator has here, counted in the store at its first create.
    NameMap<std::size_t> creations_;
    std::string key_;
};

}  // namespace hubbub
