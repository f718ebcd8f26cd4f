#include "refserver/core/conversations.hpp"

#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

LogEntry to_log(const Entry& entry) {
    LogEntry log;
    log.kind = entry.kind;
    log.user = entry.user;
    log.device = entry.device;
    log.number = entry.number;
    log.body = entry.body;
    log.op = entry.op;
    log.target = entry.target;
    log.members.assign(entry.members.begin(), entry.members.end());
    return log;
}

}  // namespace

Entry to_wire(const ConversationId& conversation, Sequence sequence, const LogEntry& entry) {
    Entry wire{entry.kind, conversation, sequence, entry.user, entry.device, entry.number, entry.body, {}};
    wire.op = entry.op;
    wire.target = entry.target;
    wire.members.assign(entry.members.begin(), entry.members.end());
    return wire;
}

Result<Conversation*> Conversations::find(const ConversationId& id) {
    const auto found = all_.find(id);
    if (found != all_.end()) return found->second.get();
    return load(id);
}

Conversation& Conversations::create(const ConversationId& id, ConversationClass kind,
                                    std::string_view creator) {
    auto conversation = std::make_unique<Conversation>();
    conversation->id = id;
    conversation->kind = kind;
    conversation->creator = creator;
    context_.counters.conversations.add();
    return *all_.emplace(id, std::move(conversation)).first->second;
}

Result<Epoch> Conversations::store_epoch() {
    if (!store_epoch_) {
        const auto bytes = context_.store.get(keys::meta());
        if (bytes.has_error()) return bytes.error();
        store_epoch_ = StoreMeta{}.epoch;
        if (*bytes) {
            const auto meta = decode_store_meta(**bytes);
            if (meta.has_error()) return meta.error();
            store_epoch_ = meta->epoch;
        }
    }
    return *store_epoch_;
}

/// Nothing is kept of ids that do not exist: a client may invent any number of them.
Result<Conversation*> Conversations::load(const ConversationId& id) {
    const auto bytes = context_.store.get(keys::conversation(id));
    if (bytes.has_error()) return bytes.error();
    if (!*bytes) return nullptr;
    const auto meta = decode_conversation_meta(**bytes);
    if (meta.has_error()) return meta.error();
    const auto epoch = store_epoch();
    if (epoch.has_error()) return epoch.error();

    Conversation loaded;
    loaded.id = id;
    if (const Status head = load_head(loaded); head.has_error()) return head.error();
    if (const Status members = load_members(loaded); members.has_error()) return members.error();
    Conversation& conversation = create(id, meta->kind, meta->creator);
    conversation.epoch = std::max(meta->epoch, *epoch);
    conversation.last = conversation.committed = loaded.last;
    conversation.members = std::move(loaded.members);
    return &conversation;
}

Status Conversations::load_head(Conversation& conversation) {
    const auto range = keys::entries(conversation.id, 1, UINT64_MAX);
    return context_.store.scan_reverse(range.from, range.to, [&](std::string_view key, std::string_view) {
        conversation.last = keys::sequence_of(key).value_or(0);
        return false;
    });
}

Status Conversations::load_members(Conversation& conversation) {
    const auto range = keys::members(conversation.id);
    Status bad;
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view value) {
            const auto user = keys::user_of(key);
            const auto membership = decode_membership(value);
            if (membership.has_error()) {
                bad = membership.error();
                return false;
            }
            if (user && membership->left == 0)
                conversation.members.push_back({names.user(*user), membership->joined});
            return true;
        });
    std::sort(conversation.members.begin(), conversation.members.end(),
              [](const Member& a, const Member& b) { return a.user < b.user; });
    return scanned.has_error() ? scanned : bad;
}

Result<Sender*> Conversations::sender(Conversation& conversation, DeviceSlot device) {
    const auto found = conversation.senders.find(device);
    if (found != conversation.senders.end()) return &found->second;
    const std::string_view user = names.name(names.user_of(device));
    const auto bytes = context_.store.get(keys::sender(conversation.id, user, names.name(device)));
    if (bytes.has_error()) return bytes.error();
    Sender sender;
    sender.device = device;
    if (*bytes) {
        auto state = decode_sender_state(**bytes);
        if (state.has_error()) return state.error();
        sender.accepted = std::move(*state);
        sender.committed = sender.accepted.last();
    }
    return &conversation.senders.emplace(device, std::move(sender)).first->second;
}

void Conversations::remember(Conversation& conversation, RecentEntry entry) {
    recent_bytes_ += entry.frame.size();
    conversation.recent.push_back(std::move(entry));
    if (conversation.recent.size() > limits::recent_entries_max)
        forget_recent(conversation, limits::recent_entries_max);
    if (!conversation.recent_place) {
        conversation.recent_place = by_use_.insert(by_use_.end(), &conversation);
    } else {
        by_use_.splice(by_use_.end(), by_use_, *conversation.recent_place);
    }
    while (recent_bytes_ > limits::recent_bytes_max && by_use_.size() > 1) {
        Conversation& oldest = *by_use_.front();
        forget_recent(oldest, 0);
        by_use_.pop_front();
        oldest.recent_place.reset();
    }
    context_.counters.recent_bytes.set(recent_bytes_);
}

void Conversations::forget_recent(Conversation& conversation, std::size_t keep) {
    while (conversation.recent.size() > keep) {
        recent_bytes_ -= conversation.recent.front().frame.size();
        conversation.recent.pop_front();
    }
}

Status Conversations::read(const Conversation& conversation, Sequence from, Sequence to,
                           const VisitEntry& visit) {
    if (from > to) return {};
    const auto range = keys::entries(conversation.id, from, to);
    Status bad;
    bool ended = false;
    Sequence next = from;
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view value) {
            const auto entry = decode_log_entry(value);
            if (entry.has_error()) {
                bad = entry.error();
                return false;
            }
            const Sequence sequence = keys::sequence_of(key).value_or(0);
            next = sequence + 1;
            ended = !visit(sequence, *entry);
            return !ended;
        });
    if (scanned.has_error()) return scanned;
    if (bad.has_error() || ended) return bad;
    return read_recent(conversation, next, to, visit);
}

/// With durability `none` the store may show an entry later than it was reported; it is still in memory then.
Status Conversations::read_recent(const Conversation& conversation, Sequence from, Sequence to,
                                  const VisitEntry& visit) {
    if (context_.store.durability() != Durability::none) return {};
    for (const RecentEntry& recent : conversation.recent) {
        if (recent.sequence < from || recent.sequence > to) continue;
        const auto message = context_.message_of(recent.frame);
        if (message.has_error()) return fail("a recent entry cannot be read: " + message.error().detail);
        if (!visit(recent.sequence, to_log(std::get<Entry>(*message)))) break;
    }
    return {};
}

}  // namespace hubbub
