#include "refserver/core/membership.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/assert.hpp"
#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

constexpr std::uint32_t overloaded_retry_ms = 100;

/// Each name once, in the order of first mention.
std::vector<std::string> distinct(const std::vector<std::string>& names) {
    std::unordered_set<std::string_view> seen;
    std::vector<std::string> out;
    out.reserve(names.size());
    for (const std::string& name : names)
        if (seen.insert(name).second) out.push_back(name);
    return out;
}

}  // namespace

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
    if (read_only_) return reject(mail.session, mail.id, ErrorCode::read_only);
    if (overloaded()) return reject(mail.session, mail.id, ErrorCode::overloaded);
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
    join_names(key_, mail.creator, mail.key);
    created_.emplace(key_, *id);
    WriteBatch& batch = commits_.writes();
    batch.put(keys::conversation(*id), encode(ConversationMeta{mail.kind, mail.creator, *epoch}));
    batch.put(keys::created(mail.creator, mail.key), encode(*id));
    append_joined(conversation, Uncommitted::Kind::created, mail.creator, distinct(mail.members),
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
    // Only the creator may; for all others it might as well not exist.
    if (!*found || (*found)->creator != mail.user) return reject(mail.session, mail.id, ErrorCode::forbidden);
    Conversation& conversation = **found;

    std::vector<std::string> fresh;
    Sequence earlier = 0;
    for (const std::string& name : distinct(mail.members)) {
        const auto user = conversations_.names.find_user(name);
        const Member* const member = user ? conversation.named(*user) : nullptr;
        if (!member) {
            fresh.push_back(name);
        } else {
            earlier = std::max(earlier, member->joined);
        }
    }
    if (fresh.empty() && earlier > conversation.committed)
        return reject(mail.session, mail.id, ErrorCode::unknown_outcome);
    // Asked again after a lost answer: the entry that named them is the answer.
    if (fresh.empty()) return answer(mail.session, Added{mail.id, conversation.id, earlier});
    if (read_only_) return reject(mail.session, mail.id, ErrorCode::read_only);
    if (overloaded()) return reject(mail.session, mail.id, ErrorCode::overloaded);
    if (conversation.members.size() + fresh.size() > limits::conversation_members_max)
        return reject(mail.session, mail.id, ErrorCode::too_large);
    append_joined(conversation, Uncommitted::Kind::added, mail.user, fresh, {mail.session, mail.id});
}

void MembershipChanges::append_joined(Conversation& conversation, Uncommitted::Kind kind,
                                      const std::string& user, const std::vector<std::string>& members,
                                      Uncommitted::Asker asker) {
    const Sequence sequence = ++conversation.last;
    enroll(conversation, members, sequence);
    const LogEntry entry{
        .kind = EntryKind::joined, .user = user, .device = {}, .body = {}, .members = members};
    commits_.writes().put(keys::entry(conversation.id, sequence), encode(entry));
    commits_.add({.kind = kind,
                  .conversation = &conversation,
                  .sequence = sequence,
                  .frame = context_.frame_of(to_wire(conversation.id, sequence, entry)),
                  .askers = {asker}});
}

void MembershipChanges::enroll(Conversation& conversation, const std::vector<std::string>& members,
                               Sequence joined) {
    const auto by_slot = [](const Member& a, const Member& b) { return a.user < b.user; };
    auto& list = conversation.members;
    const auto before = static_cast<std::ptrdiff_t>(list.size());
    WriteBatch& batch = commits_.writes();
    const std::string membership = encode(Membership{.joined = joined});
    for (const std::string& name : members) {
        list.push_back({conversations_.names.user(name), joined});
        batch.put(keys::member(conversation.id, name), membership);
        batch.put(keys::user_conversation(name, conversation.id), {});
    }
    std::sort(list.begin() + before, list.end(), by_slot);
    std::inplace_merge(list.begin(), list.begin() + before, list.end(), by_slot);
}

void MembershipChanges::committed(const Uncommitted& entry) {
    const Conversation& conversation = *entry.conversation;
    const bool created = entry.kind == Uncommitted::Kind::created;
    (created ? context_.counters.created : context_.counters.added).add();
    for (const auto& asker : entry.askers) {
        if (created) {
            answer(asker.session,
                   Created{asker.id, conversation.id, conversation.epoch, conversation.committed});
        } else {
            answer(asker.session, Added{asker.id, conversation.id, entry.sequence});
        }
    }
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
