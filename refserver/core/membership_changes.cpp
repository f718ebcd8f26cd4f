// Joining, leaving, kicking and roles: one log entry each, with the membership records in the same batch.
#include <algorithm>

#include "base/assert.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/core/membership.hpp"

namespace hubbub {
namespace {

using What = ChangeMail::What;

Act act_of(What what) {
    switch (what) {
        case What::join:
            return Act::join;
        case What::leave:
            return Act::leave;
        case What::kick:
            return Act::kick;
        case What::role:
            return Act::set_role;
    }
    HUBBUB_ASSERT(false, "every change is an act");
    return Act::leave;
}

}  // namespace

void MembershipChanges::change(const ChangeMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error()) return failed(mail.session, mail.id, found.error());
    const bool allowed =
        *found && may(act_of(mail.what), conversations_.standing(**found, mail.user), (*found)->openness());
    if (!allowed) return reject(mail.session, mail.id, ErrorCode::forbidden);
    switch (mail.what) {
        case What::join:
            return join(mail, **found);
        case What::leave:
            return put_out(mail, **found, {mail.user});
        case What::kick:
            return put_out(mail, **found, present(**found, mail.members));
        case What::role:
            return set_role(mail, **found);
    }
}

void MembershipChanges::join(const ChangeMail& mail, Conversation& conversation) {
    const auto user = conversations_.names.find_user(mail.user);
    const Member* const member = user ? conversation.named(*user) : nullptr;
    if (member && member->left == 0) {
        // Asked again after a lost answer: the entry that let it in is the answer.
        if (member->joined > conversation.committed)
            return reject(mail.session, mail.id, ErrorCode::unknown_outcome);
        return answer(mail.session, Done{mail.id, member->joined});
    }
    if (!may_write(mail.session, mail.id)) return;
    if (conversation.members.size() >= members_max(conversation.kind))
        return reject(mail.session, mail.id, ErrorCode::too_large);
    const auto in_all = count_conversations(mail.user);
    if (in_all.has_error()) return failed(mail.session, mail.id, in_all.error());
    if (*in_all >= limits::user_conversations_max) return reject(mail.session, mail.id, ErrorCode::too_large);
    append(conversation, Uncommitted::Kind::changed, joined_entry(mail.user, {mail.user}),
           {mail.session, mail.id});
}

/// Those of the names that are members now: others are gone already, perhaps by an answer that was lost.
std::vector<std::string> MembershipChanges::present(const Conversation& conversation,
                                                    const std::vector<std::string>& names) const {
    std::vector<std::string> out;
    for (const std::string& name : distinct(names)) {
        const auto user = conversations_.names.find_user(name);
        const Member* const member = user ? conversation.named(*user) : nullptr;
        if (member && member->left == 0) out.push_back(name);
    }
    return out;
}

void MembershipChanges::put_out(const ChangeMail& mail, Conversation& conversation,
                                const std::vector<std::string>& names) {
    if (names.empty()) return answer(mail.session, Done{mail.id, 0});
    if (!may_write(mail.session, mail.id)) return;
    if (orphans(conversation, names, true)) return reject(mail.session, mail.id, ErrorCode::forbidden);
    LogEntry entry{.kind = EntryKind::left, .user = mail.user, .device = {}, .body = {}, .members = names};
    append(conversation, Uncommitted::Kind::changed, std::move(entry), {mail.session, mail.id});
}

void MembershipChanges::set_role(const ChangeMail& mail, Conversation& conversation) {
    const std::vector<std::string> wanted = distinct(mail.members);
    if (present(conversation, wanted).size() != wanted.size())
        return reject(mail.session, mail.id, ErrorCode::forbidden);
    std::vector<std::string> others;
    for (const std::string& name : wanted)
        if (conversation.named(*conversations_.names.find_user(name))->role != mail.role)
            others.push_back(name);
    if (others.empty()) return answer(mail.session, Done{mail.id, 0});
    if (!may_write(mail.session, mail.id)) return;
    if (mail.role != MemberRole::owner && orphans(conversation, others, false))
        return reject(mail.session, mail.id, ErrorCode::forbidden);
    LogEntry entry{.kind = EntryKind::role, .user = mail.user, .device = {}, .body = {}, .members = others};
    entry.role = mail.role;
    append(conversation, Uncommitted::Kind::changed, std::move(entry), {mail.session, mail.id});
}

/// Whether nobody would be left to arrange things, although somebody is left. `leaving`: they go; otherwise
/// they only stop being owners.
bool MembershipChanges::orphans(const Conversation& conversation, const std::vector<std::string>& names,
                                bool leaving) const {
    std::vector<UserSlot> gone;
    for (const std::string& name : names) gone.push_back(*conversations_.names.find_user(name));
    std::sort(gone.begin(), gone.end());
    std::size_t staying = 0, owners_before = 0, owners_after = 0;
    for (const Member& member : conversation.members) {
        if (member.left != 0) continue;
        const bool named = std::binary_search(gone.begin(), gone.end(), member.user);
        if (!named || !leaving) ++staying;
        if (member.role != MemberRole::owner) continue;
        ++owners_before;
        if (!named) ++owners_after;
    }
    return staying != 0 && owners_before != 0 && owners_after == 0;
}

/// Up to the limit, which is what it is asked for.
Result<std::size_t> MembershipChanges::count_conversations(std::string_view user) const {
    std::size_t count = 0;
    const auto range = keys::user_conversations(user);
    const Status scanned = context_.store.scan(range.from, range.to, [&](std::string_view, std::string_view) {
        return ++count < limits::user_conversations_max;
    });
    if (scanned.has_error()) return scanned.error();
    return count;
}

void MembershipChanges::apply(Conversation& conversation, const LogEntry& entry, Sequence sequence) {
    if (entry.kind == EntryKind::joined) return enroll(conversation, entry.members, sequence);
    WriteBatch& batch = commits_.writes();
    for (const std::string& name : entry.members) {
        Member& member = *conversation.named(*conversations_.names.find_user(name));
        if (entry.kind == EntryKind::left) {
            member.left = sequence;
            batch.erase(keys::user_conversation(name, conversation.id));
        } else {
            member.role = entry.role;
        }
        batch.put(keys::member(conversation.id, name),
                  encode(Membership{member.joined, member.left, member.role}));
    }
}

/// The shards of listeners let go of those who left: behind the entry itself, and before anything newer.
void MembershipChanges::departed(Conversation& conversation, const Uncommitted& entry) {
    // A copy: the last session here to leave makes this shard a listener no more.
    const auto listeners = conversation.listeners;
    for (const auto& listener : listeners)
        switchboard_.post(listener.shard, DepartMail{conversation.id, entry.sequence, entry.change->names});
    std::erase_if(conversation.members, [&](const Member& member) {
        return member.left == entry.sequence;  // who is back already has a newer interval
    });
    context_.counters.left.add(entry.change->names.size());
}

/// Sessions that are connected hear of their new conversation at once: their homes know them.
void MembershipChanges::introduce(const Conversation& conversation, const Uncommitted& entry) {
    std::vector<std::vector<std::string>> by_home(context_.options.shards);
    for (const std::string& name : entry.change->names)
        by_home[switchboard_.home_of(name).index()].push_back(name);
    for (std::uint32_t home = 0; home < by_home.size(); ++home) {
        if (by_home[home].empty()) continue;
        switchboard_.post(ShardId(home),
                          IntroduceMail{conversation.id, entry.sequence, std::move(by_home[home])});
    }
}

}  // namespace hubbub
