// What the setup's sessions ask for: one create a conversation, then its members in further frames.
#include <algorithm>

#include "loadgen/client/setup_impl.hpp"
#include "loadgen/plan/churn.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using State = SetupSession::State;

bool worth_another_try(ErrorCode code) {
    switch (code) {
        case ErrorCode::too_many_in_flight:
        case ErrorCode::overloaded:
        case ErrorCode::rate_limited:
        case ErrorCode::going_away:
        case ErrorCode::unknown_outcome:  // creating and adding may be repeated
        case ErrorCode::internal:
            return true;
        default:
            return false;
    }
}

}  // namespace

void Setup::Impl::pump(Time now) {
    if (!error.empty()) return;
    // A pause of the loop is not made up for by a burst.
    next_request_at = std::max(next_request_at, now - std::chrono::milliseconds{100});
    bool more = true;
    while (more) {
        more = false;
        for (SetupSession& session : sessions) {
            if (!session.has_room() || session.paused_until > now) continue;
            if (next_request_at > now) return wheel->arm(pace, next_request_at);
            ask(session, now);
            more = true;
        }
    }
}

void Setup::Impl::ask(SetupSession& session, Time now) {
    const ConversationIndex conversation = session.to_do.front();
    session.to_do.pop_front();
    session.in_flight.push_back({++last_request, conversation});
    next_request_at += interval;
    if (reuses()) {
        ask_about(session, conversation, now);
        if (!session.patience.armed()) wheel->arm(session.patience, now + setup_answer_timeout);
        return;
    }
    const auto members = plan.members_of(conversation);
    const std::uint32_t in = members_in[conversation.index()];
    const auto names_left = std::min<std::size_t>(members.size() - in, limits::members_per_frame_max);
    std::vector<std::string> names;
    for (const UserIndex user : members.subspan(in, names_left)) names.push_back(plan.user_name(user));
    const std::vector<std::string_view> views(names.begin(), names.end());
    if (in == 0) {
        const std::string key = plan.create_key(conversation, run);
        Create create{last_request, key, plan.conversations[conversation.index()].kind, views};
        // Who leaves comes back by itself.
        create.open = !plan.churn->empty() && create.kind != ConversationClass::direct;
        say(session, create, now);
    } else {
        say(session, AddMembers{last_request, conversations[conversation.index()].id, views}, now);
    }
    if (!session.patience.armed()) wheel->arm(session.patience, now + setup_answer_timeout);
}

void Setup::Impl::take_message(SetupSession& session, std::string_view payload, Time now) {
    const auto decoded = adapter->decode(payload, {plan, run, DeviceIndex{}, session.name, session.memory});
    if (!decoded) {
        const LinkId link = session.link;
        lose(session, "protocol: " + decoded.error().detail, true, now);
        return wire.close(link, 1002);
    }
    const ServerMessage* const message = *decoded;
    if (message == nullptr) return;
    if (const auto* welcome = std::get_if<Welcome>(message)) {
        welcomed(session, *welcome, now);
    } else if (const auto* made = std::get_if<Created>(message)) {
        for (const SetupSession::Request& request : session.in_flight)
            if (request.id == made->id)
                conversations[request.conversation.index()] = {made->conversation, made->epoch, made->head,
                                                               adapter->name_of(made->conversation)};
        advanced(session, made->id, made->head, now);
    } else if (const auto* added = std::get_if<Added>(message)) {
        advanced(session, added->id, added->sequence, now);
    } else if (const auto* members = std::get_if<MemberList>(message)) {
        take_members(session, *members, now);
    } else if (const auto* page = std::get_if<HistoryPage>(message)) {
        take_head(session, *page, now);
    } else if (const auto* rejected = std::get_if<Rejected>(message)) {
        take_rejected(session, *rejected, now);
    }
}

void Setup::Impl::advanced(SetupSession& session, RequestId id, Sequence head, Time now) {
    const auto request = std::find_if(session.in_flight.begin(), session.in_flight.end(),
                                      [&](const SetupSession::Request& r) { return r.id == id; });
    if (request == session.in_flight.end()) return;
    const ConversationIndex conversation = request->conversation;
    session.in_flight.erase(request);
    session.failures = 0;
    ReadyConversation& ready = conversations[conversation.index()];
    ready.head = std::max(ready.head, head);
    const auto all = plan.conversations[conversation.index()].member_count;
    std::uint32_t& in = members_in[conversation.index()];
    in = std::min(all, in + static_cast<std::uint32_t>(limits::members_per_frame_max));
    if (!adapter->abilities().membership) in = all;  // its members join by themselves
    if (in < all)
        session.to_do.push_front(conversation);
    else
        ++created;
    pump(now);
    close_if_through(session, now);
}

void Setup::Impl::take_rejected(SetupSession& session, const Rejected& rejected, Time now) {
    const std::string why(name(rejected.code));
    const auto request = std::find_if(session.in_flight.begin(), session.in_flight.end(),
                                      [&](const SetupSession::Request& r) { return r.id == rejected.id; });
    if (request == session.in_flight.end()) return;  // about the connection: a close frame follows
    if (!worth_another_try(rejected.code)) {
        if (reuses())
            return give_up(place_of(request->conversation) + ": the target does not let " + session.name +
                           " see it: " + why);
        const std::uint32_t c = request->conversation.value;
        return give_up("the target refused to create conversation " + std::to_string(c) +
                       " of the plan: " + why);
    }
    session.to_do.push_front(request->conversation);
    session.in_flight.erase(request);
    if (session.paused_until > now) return;  // asked before the pause: one overload is one failure
    pause(session, why, now);
    session.paused_until =
        std::max<Time>(session.paused_until, now + std::chrono::milliseconds(rejected.retry_after_ms));
    if (session.state == State::ready) arm_action(session);
}

void Setup::Impl::close_if_through(SetupSession& session, Time now) {
    if (session.state != State::ready) return;
    if (session.in_flight.empty()) wheel->cancel(session.patience);
    if (!session.through()) return;
    session.state = State::closing;
    wheel->cancel(session.action);
    wire.close(session.link, 1000);
    if (error.empty() && next_reader(session)) dial(session, now);
}

}  // namespace hubbub
