#include "refserver/core/presence_side.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"
#include "refserver/core/names.hpp"

namespace hubbub {
namespace {

// Hint for clients whose request met a full queue: a queue of this server empties within some turns.
constexpr std::uint32_t overloaded_retry_ms = 100;

}  // namespace

void PresenceSide::post(const Connection& connection, Liveness life) {
    const Session& session = *connection.session;
    switchboard_.post(switchboard_.home_of(session.user),
                      DeviceLifeMail{ref(connection), session.user, stable_hash(session.device), life,
                                     session.hello, connection.last_heard});
}

void PresenceSide::hello(Connection& connection) {
    connection.session->hello = context_.now;
    post(connection, Liveness::here);
}

void PresenceSide::life(Connection& connection, Liveness life) {
    if (!connection.session || connection.session->said_goodbye) return;
    if (life == Liveness::gone) connection.session->said_goodbye = true;
    if (life == Liveness::away) context_.counters.presence_away.add();
    post(connection, life);
}

void PresenceSide::gone(Connection& connection) {
    life(connection, Liveness::lost);
    const auto& watching = connection.session->watching;
    if (!watching) return;
    for (std::uint32_t shard = 0; shard < context_.options.shards; ++shard)
        if (watching->homes[shard]) switchboard_.post(ShardId(shard), ForgetWatchesMail{ref(connection)});
}

void PresenceSide::refuse(Connection& connection, RequestId id, ErrorCode code) {
    context_.counters.reject(code);
    const std::uint32_t retry = code == ErrorCode::overloaded ? overloaded_retry_ms : 0;
    connections_.send(connection,
                      context_.frame_of(Rejected{.code = code, .id = id, .retry_after_ms = retry}));
}

void PresenceSide::set(Connection& connection, const SetPresence& set) {
    // Offline is what is seen of an invisible one; nobody asks for it.
    if (set.state == PresenceState::offline) return refuse(connection, set.id, ErrorCode::unsupported);
    const bool taken =
        switchboard_.request(switchboard_.home_of(connection.session->user),
                             SetPresenceMail{ref(connection), set.id, connection.session->user, set.state});
    if (!taken) refuse(connection, set.id, ErrorCode::overloaded);
}

void PresenceSide::watch(Connection& connection, const Watch& watch) {
    auto& watching = connection.session->watching;
    if (!watching) watching = std::make_unique<Watching>(context_.options.shards);
    const bool storable = std::all_of(watch.users.begin(), watch.users.end(), keys::storable_name);
    const bool too_many = watch.on && watching->users + watch.users.size() > limits::watched_per_session_max;
    if (watch.users.size() > limits::watched_per_frame_max || !storable || too_many)
        return refuse(connection, watch.id, ErrorCode::too_large);
    if (watching->asked.size() >= limits::watches_under_way_max ||
        switchboard_.waiting() >= limits::mailbox_mails_max)
        return refuse(connection, watch.id, ErrorCode::overloaded);

    std::vector<std::vector<std::string>> by_home(context_.options.shards);
    for (const std::string_view name : watch.users)
        by_home[switchboard_.home_of(name).index()].emplace_back(name);
    // Nobody at all: still one home answers.
    if (watch.users.empty())
        return static_cast<void>(connections_.send(connection, context_.frame_of(Done{watch.id, 0})));
    Watching::Asked asked{watch.id, 0, false};
    for (const auto& names : by_home) asked.homes += !names.empty();
    watching->asked.push_back(asked);
    // Counted as if all were new, until the homes say how many were.
    if (watch.on) watching->users += static_cast<std::uint32_t>(watch.users.size());
    for (std::uint32_t shard = 0; shard < context_.options.shards; ++shard) {
        if (by_home[shard].empty()) continue;
        watching->homes[shard] = true;
        switchboard_.post(ShardId(shard), WatchMail{ref(connection), watch.id, connection.session->user,
                                                    std::move(by_home[shard]), watch.on});
    }
}

void PresenceSide::take(WatchedMail&& mail) {
    Connection* const connection = connections_.find(mail.session.link);
    if (!connection || !connection->session || !connection->session->watching) return;
    Watching& watching = *connection->session->watching;
    watching.users -= mail.on ? mail.asked - mail.changed : mail.changed;
    for (const std::string& frame : mail.frames) queue(frame, {connection->link}, 1);
    const auto asked = std::find_if(watching.asked.begin(), watching.asked.end(),
                                    [&](const Watching::Asked& one) { return one.id == mail.id; });
    if (asked == watching.asked.end()) return;
    asked->full |= mail.full;
    if (--asked->homes > 0) return;
    const bool full = asked->full;
    watching.asked.erase(asked);
    if (full) context_.counters.reject(ErrorCode::too_large);
    const SharedBytes answer = full ? context_.frame_of(Rejected{.code = ErrorCode::too_large, .id = mail.id})
                                    : context_.frame_of(Done{mail.id, 0});
    queue(answer.view(), {connection->link}, 0);
}

void PresenceSide::take(PresenceNewsMail&& mail) {
    for (auto& news : mail.news) queue(news.frame, std::move(news.to), 1);
}

void PresenceSide::queue(std::string_view frame, std::vector<LinkId> to, std::uint32_t notices) {
    if (wrongs_) wrongs_->will_be_told(to, frame);
    waiting_.push_back({SharedBytes::copy_of(frame), std::move(to), 0, notices});
}

void PresenceSide::turn() {
    if (wrongs_) wrongs_->turn();
    // As for fan-outs: what arrives meanwhile must not wait for thousands of watchers.
    std::size_t left = limits::fanout_turn_recipients;
    while (!waiting_.empty() && left > 0) {
        Waiting& front = waiting_.front();
        for (; front.next < front.to.size() && left > 0; ++front.next, --left) {
            Connection* const connection = connections_.find(front.to[front.next]);
            if (!connection || (wrongs_ && wrongs_->keeps(*connection, front.frame))) continue;
            if (!connections_.send(*connection, front.frame)) continue;
            context_.counters.presence_notices.add(front.notices);
            if (wrongs_) wrongs_->told(*connection, front.frame);
        }
        if (front.next == front.to.size()) waiting_.pop_front();
    }
}

}  // namespace hubbub
