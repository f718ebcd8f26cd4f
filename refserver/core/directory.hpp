// Lists that are read from the store page by page: a user's conversations, a conversation's members.
// Stateless beside its shard's context; its thread only. What is not committed yet is not listed.
#pragma once

#include "refserver/core/context.hpp"

namespace hubbub {

class Directory {
  public:
    explicit Directory(ShardContext& context) : context_(context) {}

    /// One frame: the list, or a refusal when the store cannot be read.
    SharedBytes conversations(std::string_view user, const ListConversations& asked);
    /// Whether the asker may see them is decided before.
    SharedBytes members(const ListMembers& asked);

  private:
    Result<std::optional<ListedConversation>> listed(std::string_view user, const ConversationId& id);
    SharedBytes failed(RequestId id, const Error& error);

    ShardContext& context_;
};

}  // namespace hubbub
