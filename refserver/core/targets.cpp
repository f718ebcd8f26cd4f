#include "refserver/core/targets.hpp"

#include <algorithm>

namespace hubbub {

Result<bool> Targets::allowed(const Conversation& conversation, UserSlot user, SendOp op, Sequence target) {
    const auto found = find(conversation, user, target);
    if (found.has_error()) return found.error();
    if (!*found || !(*found)->stands_alone()) return false;
    return op == SendOp::reply || (*found)->author == user;
}

Result<bool> Targets::visible(const Conversation& conversation, UserSlot user, Sequence target) {
    const auto found = find(conversation, user, target);
    if (found.has_error()) return found.error();
    return *found && (*found)->stands_alone();
}

/// Nothing: it is no message, or the user does not see it.
Result<std::optional<Targets::Message>> Targets::find(const Conversation& conversation, UserSlot user,
                                                      Sequence target) {
    std::optional<Message> out;
    const auto since = conversation.joined(user);
    if (!since || target < *since || target > conversation.committed) return out;
    const auto& recent = conversation.recent;
    const auto here =
        std::lower_bound(recent.begin(), recent.end(), target,
                         [](const RecentEntry& entry, Sequence wanted) { return entry.sequence < wanted; });
    if (here != recent.end() && here->sequence == target && here->number != 0) {
        out = Message{conversations_.names.user_of(here->device), here->op};
        return out;
    }
    const Status read =
        conversations_.read(conversation, target, target, [&](Sequence, const LogEntry& entry) {
            if (entry.kind == EntryKind::message)
                out = Message{conversations_.names.user(entry.user), entry.op};
            return false;
        });
    if (read.has_error()) return read.error();
    return out;
}

}  // namespace hubbub
