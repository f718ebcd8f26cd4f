#include "refserver/core/membership.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/assert.hpp"
#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

constexpr std::uint32_t overloaded_retry_ms = 100;

}  // namespace

/// Each name once, in the order of first mention.
std::vector<std::string> MembershipChanges::distinct(const std::vector<std::string>& names) {
    std::unordered_set<std::string_view> seen;
    std::vector<std::string> out;
    out.reserve(names.size());
    for (const std::string& name : names)
        if (seen.insert(name).second) out.push_back(name);
    return out;
}

MembershipChanges::MembershipChanges(ShardContext& context, Switchboard& switchboard,
                                     Conversations& conversations, Commits& commits, const bool& read_only,
                                     Random random)
    : context_(context),
      switchboard_(switchboard),
      conversations_(conversations),
      commits_(commits),
      read_only_(read_only),
      random_(random) {}

void MembershipChanges::create(CreateMail&& mail) {
    const auto earlier = find_created(mail.creator, mail.key);
    if (earlier.has_error()) return failed(mail.session, mail.id, earlier.error());
    if (*earlier) return answer_existing(std::move(mail), **earlier);
    if (!may_write(mail.session, mail.id)) return;
    if (distinct(mail.members).size() > members_max(mail.kind))
        return reject(mail.session, mail.id, ErrorCode::too_large);
    const auto too_much = creates_too_much(mail.creator);
    if (too_much.has_error()) return failed(mail.session, mail.id, too_much.error());
    if (*too_much) return reject(mail.session, mail.id, ErrorCode::too_large);
    create_new(mail);
}

Result<std::optional<ConversationId>> MembershipChanges::find_created(std::string_view creator,
                                                                      std::string_view key) {
    join_names(key_, creator, key);
    const auto here = created_.find(std::string_view(key_));
    if (here != created_.end()) return std::optional(here->second);
    const auto bytes = context_.store.get(keys::created(creator, key));
    if (bytes.has_error()) return bytes.error();
    if (!*bytes) return std::optional<ConversationId>();
    const auto id = decode_conversation_id(**bytes);
    if (id.has_error()) return id.error();
    return std::optional(*id);
}

void MembershipChanges::answer_existing(CreateMail&& mail, const ConversationId& id) {
    // Another number of shards may have moved it since: its owner knows where the log stands.
    const ShardId owner = switchboard_.owner_of(id);
    if (owner != context_.self) return switchboard_.post(owner, std::move(mail));
    const auto found = conversations_.find(id);
    if (found.has_error()) return failed(mail.session, mail.id, found.error());
    if (!*found) return failed(mail.session, mail.id, fail("a created conversation is not in the store"));
    const Conversation& conversation = **found;
    if (conversation.committed != 0)
        return answer(mail.session, Created{mail.id, id, conversation.epoch, conversation.committed});
    if (Uncommitted* const waiting = commits_.find_created(id)) {
        waiting->askers.push_back({mail.session, mail.id});
    } else {
        reject(mail.session, mail.id, ErrorCode::unknown_outcome);
    }
}

void MembershipChanges::create_new(const CreateMail& mail) {
    const auto epoch = conversations_.store_epoch();
    if (epoch.has_error()) return failed(mail.session, mail.id, epoch.error());
    const auto id = draw_id(mail.creator, mail.key);
    if (id.has_error()) return failed(mail.session, mail.id, id.error());

    Conversation& conversation = conversations_.create(*id, mail.kind, mail.creator);
    conversation.epoch = *epoch;
    // Nobody joins two people, whoever asked for it.
    conversation.open = mail.open && mail.kind != ConversationClass::direct;
    conversation.all_history = mail.all_history;
    conversation.founded = true;
    ++creations_.find(std::string_view(mail.creator))->second;
    join_names(key_, mail.creator, mail.key);
    created_.emplace(key_, *id);
    WriteBatch& batch = commits_.writes();
    batch.put(keys::conversation(*id), encode(ConversationMeta{mail.kind, mail.creator, *epoch,
                                                               conversation.open, conversation.all_history}));
    batch.put(keys::created(mail.creator, mail.key), encode(*id));
    append(conversation, Uncommitted::Kind::created, joined_entry(mail.creator, distinct(mail.members)),
           {mail.session, mail.id});
}

/// Unguessable within a run's seed, owned by this shard, and never used before: a server started again draws
/// the same numbers, so what was asked is mixed in and the store is asked too.
Result<ConversationId> MembershipChanges::draw_id(std::string_view creator, std::string_view key) {
    const std::uint64_t asked = stable_hash(key, stable_hash(creator));
    while (true) {
        const ConversationId id{mix64(random_.next(), asked), mix64(random_.next(), ~asked)};
        if (switchboard_.owner_of(id) != context_.self) continue;
        const auto present = conversations_.find(id);
        if (present.has_error()) return present.error();
        if (!*present) return id;
    }
}

void MembershipChanges::add(const AddMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error()) return failed(mail.session, mail.id, found.error());
    const bool allowed =
        *found && may(Act::add, conversations_.standing(**found, mail.user), (*found)->openness());
    if (!allowed) return reject(mail.session, mail.id, ErrorCode::forbidden);
    Conversation& conversation = **found;

    std::vector<std::string> fresh;
    Sequence earlier = 0;
    for (const std::string& name : distinct(mail.members)) {
        const auto user = conversations_.names.find_user(name);
        const Member* const member = user ? conversation.named(*user) : nullptr;
        if (!member || member->left != 0) {
            fresh.push_back(name);
        } else {
            earlier = std::max(earlier, member->joined);
        }
    }
    if (fresh.empty() && earlier > conversation.committed)
        return reject(mail.session, mail.id, ErrorCode::unknown_outcome);
    // Asked again after a lost answer: the entry that named them is the answer.
    if (fresh.empty()) return answer(mail.session, Added{mail.id, conversation.id, earlier});
    if (!may_write(mail.session, mail.id)) return;
    if (conversation.members.size() + fresh.size() > members_max(conversation.kind))
        return reject(mail.session, mail.id, ErrorCode::too_large);
    append(conversation, Uncommitted::Kind::added, joined_entry(mail.user, fresh), {mail.session, mail.id});
}

bool MembershipChanges::may_write(const SessionRef& session, RequestId id) {
    if (read_only_) {
        reject(session, id, ErrorCode::read_only);
        return false;
    }
    if (overloaded()) {
        reject(session, id, ErrorCode::overloaded);
        return false;
    }
    return true;
}

Result<bool> MembershipChanges::creates_too_much(std::string_view creator) {
    auto known = creations_.find(creator);
    if (known == creations_.end()) {
        std::size_t count = 0;
        const auto range = keys::creations(creator);
        const Status scanned = context_.store.scan(
            range.from, range.to,
            [&](std::string_view, std::string_view) { return ++count < limits::creations_max; });
        if (scanned.has_error()) return scanned.error();
        known = creations_.emplace(creator, count).first;
    }
    return known->second >= limits::creations_max;
}

LogEntry MembershipChanges::joined_entry(const std::string& user, const std::vector<std::string>& members) {
    return {.kind = EntryKind::joined, .user = user, .device = {}, .body = {}, .members = members};
}

void MembershipChanges::append(Conversation& conversation, Uncommitted::Kind kind, LogEntry entry,
                               Uncommitted::Asker asker) {
    const Sequence sequence = ++conversation.last;
    apply(conversation, entry, sequence);
    commits_.writes().put(keys::entry(conversation.id, sequence), encode(entry));
    auto change = std::make_unique<Uncommitted::Change>();
    SharedBytes frame = context_.frame_of(to_wire(conversation.id, sequence, entry));
    *change = {entry.kind, std::move(entry.members)};
    commits_.add({.kind = kind,
                  .conversation = &conversation,
                  .sequence = sequence,
                  .frame = std::move(frame),
                  .askers = {asker},
                  .change = std::move(change)});
}

void MembershipChanges::enroll(Conversation& conversation, const std::vector<std::string>& members,
                               Sequence joined) {
    const auto by_slot = [](const Member& a, const Member& b) { return a.user < b.user; };
    auto& list = conversation.members;
    const bool nobody = list.empty() && !conversation.founded;
    std::vector<Member> fresh;
    WriteBatch& batch = commits_.writes();
    for (const std::string& name : members) {
        const bool owner = nobody || conversation.kind == ConversationClass::direct ||
                           (conversation.founded && name == conversation.creator);
        if (owner && name == conversation.creator) conversation.founded = false;
        const Member member{conversations_.names.user(name), joined, 0,
                            owner ? MemberRole::owner : MemberRole::member};
        // Who is still leaving is back before that is committed: a new interval in the same place.
        if (Member* const leaving = conversation.named(member.user)) {
            *leaving = member;
        } else {
            fresh.push_back(member);
        }
        batch.put(keys::member(conversation.id, name), encode(Membership{joined, 0, member.role}));
        batch.put(keys::user_conversation(name, conversation.id), {});
    }
    std::sort(fresh.begin(), fresh.end(), by_slot);
    const auto before = static_cast<std::ptrdiff_t>(list.size());
    list.insert(list.end(), fresh.begin(), fresh.end());
    std::inplace_merge(list.begin(), list.begin() + before, list.end(), by_slot);
}

void MembershipChanges::committed(Uncommitted& entry) {
    Conversation& conversation = *entry.conversation;
    const bool created = entry.kind == Uncommitted::Kind::created;
    const bool joined = entry.change->kind == EntryKind::joined;
    if (joined) (created ? context_.counters.created : context_.counters.added).add();
    if (entry.change->kind == EntryKind::left) departed(conversation, entry);
    for (const auto& asker : entry.askers) {
        if (created) {
            answer(asker.session,
                   Created{asker.id, conversation.id, conversation.epoch, conversation.committed});
        } else if (entry.kind == Uncommitted::Kind::added) {
            answer(asker.session, Added{asker.id, conversation.id, entry.sequence});
        } else {
            answer(asker.session, Done{asker.id, entry.sequence});
        }
    }
    // Who is named in a create hears of it from whoever created it, as its other devices do.
    if (joined && !created) introduce(conversation, entry);
}

void MembershipChanges::unknown(const Uncommitted& entry) {
    for (const auto& asker : entry.askers) reject(asker.session, asker.id, ErrorCode::unknown_outcome);
}

bool MembershipChanges::overloaded() const {
    return commits_.uncommitted() >= limits::uncommitted_max ||
           switchboard_.waiting() >= limits::mailbox_mails_max;
}

void MembershipChanges::reject(const SessionRef& session, RequestId id, ErrorCode code) {
    context_.counters.reject(code);
    const std::uint32_t wait = code == ErrorCode::overloaded ? overloaded_retry_ms : 0;
    answer(session, Rejected{.code = code, .id = id, .retry_after_ms = wait});
}

void MembershipChanges::answer(const SessionRef& session, const ServerMessage& message) {
    switchboard_.answer({session, context_.frame_of(message), {}, 0});
}

void MembershipChanges::failed(const SessionRef& session, RequestId id, const Error& error) {
    context_.counters.store_failures.add();
    context_.log.error(error.message);
    reject(session, id, ErrorCode::internal);
}

}  // namespace hubbub
