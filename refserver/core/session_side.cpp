#include "refserver/core/session_side.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"
#include "refserver/core/partner.hpp"

namespace hubbub {
namespace {

// Hint for clients whose request met a full queue: a queue of this server empties within some turns.
constexpr std::uint32_t overloaded_retry_ms = 100;
// For a user with too many connections: one of the others may have ended by then.
constexpr std::uint32_t too_many_retry_ms = 1000;

std::vector<std::string> owned(const std::vector<std::string_view>& names) {
    return {names.begin(), names.end()};
}

bool storable(const std::vector<std::string_view>& names) {
    return std::all_of(names.begin(), names.end(), keys::storable_name);
}

}  // namespace

SessionSide::SessionSide(ShardContext& context, Connections& connections, Switchboard& switchboard,
                         Saboteur* saboteur)
    : context_(context),
      connections_(connections),
      switchboard_(switchboard),
      admission_(context, connections),
      topics_(context, switchboard),
      queue_(context, connections, topics_, saboteur),
      whispers_(context, connections, topics_, saboteur),
      resuming_(context, connections, topics_, switchboard),
      users_(connections),
      directory_(context),
      presence_(context, connections, switchboard, saboteur) {}

void SessionSide::message(Connection& connection, std::string_view payload, bool binary) {
    context_.counters.messages_received.add();
    const bool greeting = connection.state == ConnectionState::greeting;
    if (greeting) connection.binary = binary;
    if (binary != connection.binary) {
        connections_.end(connection, ErrorCode::bad_message);
        return;
    }
    const auto decoded = (binary ? context_.binary_decoder : context_.decoder)->decode_client(payload);
    if (decoded.has_error()) {
        const DecodeError& error = decoded.error();
        if (error.refused_alone() && !greeting)
            return reject(connection, {error.code, error.id, error.conversation, error.number, 0});
        connections_.end(connection, error.code);
        return;
    }
    if (greeting && !std::holds_alternative<Hello>(*decoded)) {
        connections_.end(connection, ErrorCode::unauthenticated);
        return;
    }
    std::visit([&](const auto& said) { on(connection, said); }, *decoded);
}

void SessionSide::on(Connection& connection, const Hello& hello) {
    if (connection.session) {
        connections_.end(connection, ErrorCode::bad_message);
        return;
    }
    if (!keys::storable_name(hello.user) || !keys::storable_name(hello.device)) {
        connections_.end(connection, ErrorCode::unauthenticated);
        return;
    }
    auto credentials = admission_.admit(connection, hello);
    if (!credentials) return;
    connection.session = std::make_unique<Session>();
    connection.session->credentials = std::move(*credentials);
    connection.session->user = hello.user;
    connection.session->device = hello.device;
    connection.state = ConnectionState::open;
    connections_.watch_expiry(connection);
    context_.counters.sessions.add();
    users_.add(hello.user, connection.link);
    const auto ms = [](Duration span) { return static_cast<std::uint32_t>(to_micros(span) / 1000); };
    const Welcome welcome{context_.options.version, ms(context_.options.beat), ms(context_.options.silence),
                          limits::in_flight_max};
    connections_.send(connection, context_.frame_of(welcome));
    switchboard_.post(switchboard_.home_of(hello.user), ClaimMail{ref(connection), connection.session->user,
                                                                  connection.session->device, context_.now});
    presence_.hello(connection);
}

void SessionSide::on(Connection& connection, const Resume& resume) {
    if (resume.positions.size() > limits::resume_positions_max) {
        connections_.end(connection, ErrorCode::too_large);
        return;
    }
    resuming_.start(connection, resume);
}

void SessionSide::on(Connection& connection, const Send& send) {
    Rejected refusal{.conversation = send.conversation, .number = send.number};
    if (send.body.size() > limits::body_bytes_max) {
        refusal.code = ErrorCode::too_large;
    } else {
        // Only the owner knows whether it is new: what was accepted before must get its ack, not a refusal.
        const Duration wait =
            user_sends_.take(connection.session->user, context_.options.limits.user_sends, context_.now);
        // Entries that cannot be swept out fast enough must not pile up: then nothing new is taken in.
        if (queue_.waiting() < limits::uncommitted_max &&
            switchboard_.send({ref(connection), connection.session->user, connection.session->device,
                               send.conversation, send.number, send.body, retry_after_ms(wait), send.op,
                               send.target}))
            return;
        refusal.code = ErrorCode::overloaded;
        refusal.retry_after_ms = overloaded_retry_ms;
    }
    reject(connection, refusal);
}

void SessionSide::on(Connection& connection, const Create& create) {
    if (create.members.size() > limits::members_per_frame_max || create.key.size() > limits::key_bytes_max ||
        !storable(create.members)) {
        reject(connection, {.code = ErrorCode::too_large, .id = create.id});
        return;
    }
    // Who asks twice with one key must find the first conversation: creator and key choose the shard.
    join_names(key_, connection.session->user, create.key);
    CreateMail mail{
        ref(connection),       create.id,   connection.session->user, std::string(create.key), create.kind,
        owned(create.members), create.open, create.all_history};
    const std::string other = partner(mail);
    const bool taken =
        other.empty() ? switchboard_.request(switchboard_.home_of(key_), std::move(mail))
                      : switchboard_.request(switchboard_.home_of(other), PermitMail{std::move(mail), other});
    if (!taken)
        reject(connection,
               {.code = ErrorCode::overloaded, .id = create.id, .retry_after_ms = overloaded_retry_ms});
}

void SessionSide::on(Connection& connection, const AddMembers& add) {
    if (add.members.size() > limits::members_per_frame_max || !storable(add.members)) {
        reject(connection, {.code = ErrorCode::too_large, .id = add.id});
        return;
    }
    const bool taken = switchboard_.request(
        switchboard_.owner_of(add.conversation),
        AddMail{ref(connection), add.id, connection.session->user, add.conversation, owned(add.members)});
    if (!taken)
        reject(connection,
               {.code = ErrorCode::overloaded, .id = add.id, .retry_after_ms = overloaded_retry_ms});
}

void SessionSide::on(Connection& connection, const ReadHistory& read) {
    const bool taken = switchboard_.request(
        switchboard_.owner_of(read.conversation),
        HistoryMail{ref(connection), read.id, connection.session->user, connection.session->device,
                    read.conversation, read.from, read.limit, read.before});
    if (!taken)
        reject(connection,
               {.code = ErrorCode::overloaded, .id = read.id, .retry_after_ms = overloaded_retry_ms});
}

void SessionSide::on(Connection&, const Beat&) {}  // every frame is noted by the connection already

void SessionSide::reject(Connection& connection, Rejected rejected) {
    context_.counters.reject(rejected.code);
    connections_.send(connection, context_.frame_of(rejected));
}

void SessionSide::answer(const Answer& answer) {
    Connection* const connection = connections_.find(answer.session.link);
    if (!connection || !connection->session) return;
    if (answer.sequence != 0) {
        // Its entry is still on its way to this session: the ack comes in its place.
        if (resuming_.covers(*connection->session, answer.conversation, answer.sequence)) return;
        if (const auto topic = topics_.find(answer.conversation)) {
            const auto slot = Topics::slot_in(*connection->session, *topic);
            if (slot && topics_.at(*topic).slots[*slot].delivered < answer.sequence) return;
        }
        context_.counters.acks.add();
    }
    connections_.send(*connection, answer.frame);
}

void SessionSide::fan_out(const FanOut& entry) {
    const auto topic = topics_.find(entry.conversation);
    const LinkId sender = entry.device.empty() ? no_link : users_.link(entry.user, entry.device);
    if (Connection* const connection = connections_.find(sender); connection && !entry.ack.empty()) {
        const bool listens = topic && Topics::slot_in(*connection->session, *topic);
        if (!listens && !resuming_.covers(*connection->session, entry.conversation, entry.sequence) &&
            connections_.send(*connection, entry.ack))
            context_.counters.acks.add();
    }
    if (!topic) return;
    queue_.add(
        *topic,
        PendingEntry{
            entry.sequence, entry.frame, entry.ack, sender,
            entry.hidden_device.empty() ? no_link : users_.link(entry.hidden_user, entry.hidden_device)},
        entry);
}

void SessionSide::end(const SessionRef& session, ErrorCode why) {
    if (Connection* const connection = connections_.find(session.link))
        connections_.end(*connection, why, why == ErrorCode::rate_limited ? too_many_retry_ms : 0);
}

void SessionSide::gone(Connection& connection) {
    if (!connection.session) return;
    presence_.gone(connection);
    Session& session = *connection.session;
    context_.counters.sessions.subtract();
    topics_.unsubscribe_all(session);
    users_.remove(session.user, connection.link);
    switchboard_.post(switchboard_.home_of(session.user),
                      ReleaseMail{ref(connection), session.user, session.device});
}

void SessionSide::turn() {
    resuming_.turn();
    queue_.turn();
    whispers_.turn();
    presence_.turn();
}

Time SessionSide::next_deadline() const {
    return std::min({resuming_.next_deadline(), queue_.next_deadline(), whispers_.next_deadline(),
                     presence_.next_deadline()});
}

}  // namespace hubbub
