// A setup that creates nothing: of each conversation that is there already one member asks who is in it and
// where its log ends. What is said there later, and that alone, is the run's.
#include <algorithm>

#include "loadgen/client/setup_impl.hpp"
#include "loadgen/scenario/reused_setup.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

constexpr auto page_members = static_cast<std::uint32_t>(limits::list_items_max);

}  // namespace

/// Only a member may ask: the first one, who is online too where anybody is.
void Setup::Impl::find_readers() {
    std::vector<std::vector<ConversationIndex>> of_user(plan.users);
    for (std::uint32_t c = 0; c < conversations.size(); ++c)
        of_user[plan.members_of(ConversationIndex{c}).front().index()].push_back(ConversationIndex{c});
    for (std::uint32_t u = 0; u < plan.users; ++u)
        if (!of_user[u].empty()) readers.push_back({plan.user_name(UserIndex{u}), std::move(of_user[u])});
    for (SetupSession& session : sessions) next_reader(session);
}

bool Setup::Impl::next_reader(SetupSession& session) {
    if (readers.empty()) return false;
    session.name = std::move(readers.front().name);
    session.to_do.assign(readers.front().conversations.begin(), readers.front().conversations.end());
    readers.pop_front();
    return true;
}

std::string Setup::Impl::place_of(ConversationIndex conversation) const {
    const ReusedSetup& reused = *plan.scenario->target.reused;
    return reused.conversations_file + ":" + std::to_string(reused.conversations[conversation.index()].line) +
           ":1: conversation " + to_string(reused.conversations[conversation.index()].id);
}

/// First its members, page by page; then the head of its log.
void Setup::Impl::ask_about(SetupSession& session, ConversationIndex conversation, Time now) {
    const ConversationId id = plan.scenario->target.reused->conversations[conversation.index()].id;
    if (listed_all[conversation.index()])
        say(session, ReadHistory{last_request, id, 1, 1}, now);
    else
        say(session, ListMembers{last_request, id, listed_up_to[conversation.index()], page_members}, now);
}

void Setup::Impl::take_members(SetupSession& session, const MemberList& list, Time now) {
    const auto request = std::find_if(session.in_flight.begin(), session.in_flight.end(),
                                      [&](const SetupSession::Request& r) { return r.id == list.id; });
    if (request == session.in_flight.end()) return;
    const ConversationIndex conversation = request->conversation;
    const auto members = plan.members_of(conversation);
    std::uint32_t& in = members_in[conversation.index()];
    for (const ListedMember& one : list.items) {
        const auto user = plan.user_from(one.user);
        if (!user || !std::binary_search(members.begin(), members.end(), *user))
            return give_up(place_of(conversation) + ": the target has a member " + std::string(one.user) +
                           " that the file does not list");
        ++in;
    }
    listed_all[conversation.index()] = !list.more || list.items.empty();
    listed_up_to[conversation.index()] =
        listed_all[conversation.index()] ? std::string() : std::string(list.items.back().user);
    if (listed_all[conversation.index()] && in < members.size())
        return give_up(place_of(conversation) + ": the file lists " + std::to_string(members.size()) +
                       " members, the target has " + std::to_string(in));
    session.in_flight.erase(request);
    session.failures = 0;
    session.to_do.push_front(conversation);
    pump(now);
}

void Setup::Impl::take_head(SetupSession& session, const HistoryPage& page, Time now) {
    const auto request = std::find_if(session.in_flight.begin(), session.in_flight.end(),
                                      [&](const SetupSession::Request& r) { return r.id == page.id; });
    if (request == session.in_flight.end()) return;
    conversations[request->conversation.index()] = {page.conversation, page.epoch, page.head, {}};
    session.in_flight.erase(request);
    session.failures = 0;
    ++created;
    pump(now);
    close_if_through(session, now);
}

}  // namespace hubbub
