#include "refserver/core/directory.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"

namespace hubbub {
namespace {

std::size_t page_size(std::uint32_t asked) {
    return std::clamp<std::size_t>(asked, 1, limits::list_items_max);
}

}  // namespace

SharedBytes Directory::failed(RequestId id, const Error& error) {
    context_.counters.store_failures.add();
    context_.counters.reject(ErrorCode::internal);
    context_.log.error(error.message);
    return context_.frame_of(Rejected{.code = ErrorCode::internal, .id = id});
}

SharedBytes Directory::conversations(std::string_view user, const ListConversations& asked) {
    auto range = keys::user_conversations(user);
    // The id of all zeros is nobody's: it says "from the first on".
    if (asked.after != ConversationId{}) range.from = keys::user_conversation(user, asked.after) + '\0';
    ConversationList list{asked.id, false, {}};
    Status bad;
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view) {
            const auto id = keys::conversation_of_user(key);
            if (!id) return true;
            const auto item = listed(user, *id);
            if (item.has_error()) {
                bad = item.error();
                return false;
            }
            if (!*item) return true;
            list.more = list.items.size() == page_size(asked.limit);
            if (!list.more) list.items.push_back(**item);
            return !list.more;
        });
    if (scanned.has_error()) return failed(asked.id, scanned.error());
    if (bad.has_error()) return failed(asked.id, bad.error());
    return context_.frame_of(list);
}

/// Nothing: the index is ahead of the records, which a crash without a log may leave behind.
Result<std::optional<ListedConversation>> Directory::listed(std::string_view user, const ConversationId& id) {
    const auto none = std::optional<ListedConversation>();
    const auto meta_bytes = context_.store.get(keys::conversation(id));
    if (meta_bytes.has_error()) return meta_bytes.error();
    const auto member_bytes = context_.store.get(keys::member(id, user));
    if (member_bytes.has_error()) return member_bytes.error();
    if (!*meta_bytes || !*member_bytes) return none;
    const auto meta = decode_conversation_meta(**meta_bytes);
    if (meta.has_error()) return meta.error();
    const auto membership = decode_membership(**member_bytes);
    if (membership.has_error()) return membership.error();
    if (membership->left != 0) return none;
    ListedConversation item{id, meta->kind, membership->role, membership->joined, 0};
    const auto entries = keys::entries(id, 1, UINT64_MAX);
    const Status read =
        context_.store.scan_reverse(entries.from, entries.to, [&](std::string_view key, std::string_view) {
            item.head = keys::sequence_of(key).value_or(0);
            return false;
        });
    if (read.has_error()) return read.error();
    return std::optional(item);
}

SharedBytes Directory::members(const ListMembers& asked) {
    struct Row {
        std::string user;
        Membership membership;
    };
    std::vector<Row> rows;
    auto range = keys::members(asked.conversation);
    if (!asked.after.empty()) range.from = keys::member(asked.conversation, asked.after) + '\0';
    Status bad;
    bool more = false;
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view value) {
            const auto user = keys::user_of(key);
            const auto membership = decode_membership(value);
            if (membership.has_error()) {
                bad = membership.error();
                return false;
            }
            if (!user || membership->left != 0) return true;
            more = rows.size() == page_size(asked.limit);
            if (!more) rows.push_back({std::string(*user), *membership});
            return !more;
        });
    if (scanned.has_error()) return failed(asked.id, scanned.error());
    if (bad.has_error()) return failed(asked.id, bad.error());
    MemberList list{asked.id, asked.conversation, more, {}};
    for (const Row& row : rows) list.items.push_back({row.user, row.membership.role, row.membership.joined});
    return context_.frame_of(list);
}

}  // namespace hubbub
