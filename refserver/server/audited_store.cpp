#include "refserver/server/audited_store.hpp"

#include "protocol/messages.hpp"
#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

/// The conversation of an entry's key (docs/STORAGE.md): 'e', its 16 bytes, the sequence.
ConversationId conversation_of_entry(std::string_view key) {
    const auto eight = [&](std::size_t from) {
        std::uint64_t value = 0;
        for (std::size_t i = from; i < from + 8; ++i) value = value << 8 | static_cast<unsigned char>(key[i]);
        return value;
    };
    return {eight(1), eight(9)};
}

std::string_view kind_of(EntryKind kind, Sequence sequence) {
    if (kind == EntryKind::left) return "left";
    if (kind == EntryKind::role) return "role";
    return sequence == 1 ? "created" : "joined";
}

/// What the members of a `role` entry are from there on.
std::string_view granted(const LogEntry& entry) {
    return entry.kind == EntryKind::role ? name(entry.role) : std::string_view();
}

}  // namespace

/// Messages are passed over by their second byte, before anything is decoded: they are nearly all there is.
std::vector<AuditedStore::Change> AuditedStore::changes_of(const WriteBatch& batch) {
    std::vector<Change> changes;
    for (const WriteBatch::Put put : batch) {
        const auto sequence = keys::sequence_of(put.key);
        if (!sequence || put.erase || put.value.size() < 2) continue;
        const auto kind = static_cast<EntryKind>(put.value[1]);
        if (kind == EntryKind::message) continue;
        auto entry = decode_log_entry(put.value);
        if (entry.has_value())
            changes.push_back({conversation_of_entry(put.key), *sequence, std::move(*entry)});
    }
    return changes;
}

void AuditedStore::submit(CommitTicket ticket, WriteBatch batch) {
    if (auto changes = changes_of(batch); !changes.empty()) {
        const std::lock_guard lock(mutex_);
        under_way_.emplace(std::pair(ticket.shard, ticket.number), std::move(changes));
    }
    store_.submit(ticket, std::move(batch));
}

void AuditedStore::committed(CommitTicket ticket, CommitStatus status) {
    std::vector<Change> changes;
    {
        const std::lock_guard lock(mutex_);
        const auto found = under_way_.find({ticket.shard, ticket.number});
        if (found == under_way_.end()) return;
        changes = std::move(found->second);
        under_way_.erase(found);
    }
    for (const Change& change : changes) {
        const LogEntry& entry = change.entry;
        audit_.record(
            {kind_of(entry.kind, change.sequence),
             entry.user,
             change.conversation,
             change.sequence,
             {entry.members.begin(), entry.members.end()},
             status == CommitStatus::committed ? granted(entry) : "the outcome of its write is unknown"});
    }
}

}  // namespace hubbub
