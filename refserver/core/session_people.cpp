// What clients ask about conversations and about their own account: each becomes one mail to whoever decides.
#include <algorithm>

#include "refserver/core/keys.hpp"
#include "refserver/core/session_side.hpp"

namespace hubbub {
namespace {

// Hint for clients whose request met a full queue: a queue of this server empties within some turns.
constexpr std::uint32_t overloaded_retry_ms = 100;

}  // namespace

void SessionSide::ask(Connection& connection, RequestId id, ShardId whom, ShardMail&& mail) {
    if (switchboard_.request(whom, std::move(mail))) return;
    reject(connection, {.code = ErrorCode::overloaded, .id = id, .retry_after_ms = overloaded_retry_ms});
}

void SessionSide::on(Connection& connection, const Join& join) {
    change(connection, join.id, join.conversation, ChangeMail::What::join, {}, {});
}

void SessionSide::on(Connection& connection, const Leave& leave) {
    change(connection, leave.id, leave.conversation, ChangeMail::What::leave, {}, {});
}

void SessionSide::on(Connection& connection, const Kick& kick) {
    change(connection, kick.id, kick.conversation, ChangeMail::What::kick, kick.members, {});
}

void SessionSide::on(Connection& connection, const SetRole& set) {
    change(connection, set.id, set.conversation, ChangeMail::What::role, set.members, set.role);
}

void SessionSide::change(Connection& connection, RequestId id, const ConversationId& conversation,
                         ChangeMail::What what, const std::vector<std::string_view>& members,
                         MemberRole role) {
    if (members.size() > limits::members_per_frame_max ||
        !std::all_of(members.begin(), members.end(), keys::storable_name)) {
        reject(connection, {.code = ErrorCode::too_large, .id = id});
        return;
    }
    ask(connection, id, switchboard_.owner_of(conversation),
        ChangeMail{ref(connection),
                   id,
                   what,
                   connection.session->user,
                   conversation,
                   {members.begin(), members.end()},
                   role});
}

void SessionSide::on(Connection& connection, const ListConversations& list) {
    context_.counters.lists.add();
    connections_.send(connection, directory_.conversations(connection.session->user, list));
}

void SessionSide::on(Connection& connection, const ListMembers& list) {
    if (!list.after.empty() && !keys::storable_name(list.after)) {
        reject(connection, {.code = ErrorCode::too_large, .id = list.id});
        return;
    }
    ask(connection, list.id, switchboard_.owner_of(list.conversation),
        MembersMail{ref(connection), list.id, connection.session->user, list.conversation,
                    std::string(list.after), list.limit});
}

void SessionSide::on(Connection& connection, const ListSessions& list) {
    const std::string& user = connection.session->user;
    ask(connection, list.id, switchboard_.home_of(user), SessionsMail{ref(connection), list.id, user, {}});
}

void SessionSide::on(Connection& connection, const RevokeSession& revoke) {
    const std::string& user = connection.session->user;
    if (!keys::storable_name(revoke.device)) {
        reject(connection, {.code = ErrorCode::forbidden, .id = revoke.id});
        return;
    }
    ask(connection, revoke.id, switchboard_.home_of(user),
        SessionsMail{ref(connection), revoke.id, user, std::string(revoke.device)});
}

// ---- from owners and homes

void SessionSide::depart(const DepartMail& mail) {
    for (const std::string& user : mail.users) {
        // A copy: leaving may cut a reader, and its session with it.
        const auto links = users_.links(user);
        for (const LinkId link : std::vector<LinkId>(links.begin(), links.end())) {
            const auto topic = topics_.find(mail.conversation);
            if (!topic) return;
            Connection* const connection = connections_.find(link);
            if (!connection || !connection->session) continue;
            const auto slot = Topics::slot_in(*connection->session, *topic);
            if (!slot) continue;
            // Everything up to the own `left` entry is its own; the first thing behind it is not.
            queue_.finish(*topic, *slot, mail.sequence);
            topics_.unsubscribe(*connection->session, *topic);
            queue_.departed(mail.conversation, link);
        }
    }
}

void SessionSide::introduce(const NudgeMail& mail) {
    Connection* const connection = connections_.find(mail.session.link);
    if (!connection || !connection->session || !connection->listening()) return;
    resuming_.introduce(*connection, mail.conversation, mail.joined);
}

}  // namespace hubbub
