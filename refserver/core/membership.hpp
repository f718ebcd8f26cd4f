// Creating conversations and adding members: `joined` entries, with membership, index and entry in one batch.
// Owned by the owner side; its thread only.
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

    /// Answers whoever asked, after the entry itself went out.
    void committed(const Uncommitted& entry);
    void unknown(const Uncommitted& entry);

  private:
    /// The conversation of an earlier create; nullopt: there is none.
    Result<std::optional<ConversationId>> find_created(std::string_view creator, std::string_view key);
    void answer_existing(CreateMail&& mail, const ConversationId& id);
    void create_new(const CreateMail& mail);
    Result<ConversationId> draw_id(std::string_view creator, std::string_view key);
    /// Names them in memory and in the batch, as of entry `joined`.
    void enroll(Conversation& conversation, const std::vector<std::string>& members, Sequence joined);
    void append_joined(Conversation& conversation, Uncommitted::Kind kind, const std::string& user,
                       const std::vector<std::string>& members, Uncommitted::Asker asker);
    [[nodiscard]] bool overloaded() const;
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
    std::string key_;
};

}  // namespace hubbub
