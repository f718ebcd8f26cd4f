// What clients say beside the log: signs of life of people in conversations.
#include <algorithm>
#include <utility>

#include "refserver/core/keys.hpp"
#include "refserver/core/session_side.hpp"

namespace hubbub {
namespace {

// Hint for clients whose request met a full queue: a queue of this server empties within some turns.
constexpr std::uint32_t overloaded_retry_ms = 100;

}  // namespace

/// Not answered: what meets a full queue is gone, and is said again with the next one.
void SessionSide::on(Connection& connection, const Receipt& receipt) {
    if (!switchboard_.request(switchboard_.owner_of(receipt.conversation),
                              ReceiptMail{connection.session->user, connection.session->device,
                                          receipt.conversation, receipt.delivered, receipt.read}))
        connection.session->receipts_dropped = true;
}

void SessionSide::on(Connection& connection, const Typing& typing) {
    switchboard_.request(switchboard_.owner_of(typing.conversation),
                         TypingMail{connection.session->user, typing.conversation, typing.on});
}

void SessionSide::on(Connection& connection, const ListReceipts& list) {
    // A list promises to show what was said before it: it must not answer for what is gone.
    if (std::exchange(connection.session->receipts_dropped, false))
        return reject(connection,
                      {.code = ErrorCode::overloaded, .id = list.id, .retry_after_ms = overloaded_retry_ms});
    request(connection, list.id, switchboard_.owner_of(list.conversation),
            ListReceiptsMail{ref(connection), list.id, connection.session->user, list.conversation});
}

void SessionSide::on(Connection& connection, const React& react) {
    if (react.body.empty() || react.body.size() > limits::reaction_bytes_max)
        return reject(connection, {.code = ErrorCode::too_large, .id = react.id});
    request(connection, react.id, switchboard_.owner_of(react.conversation),
            ReactMail{ref(connection), react.id, connection.session->user, connection.session->device,
                      react.conversation, react.target, std::string(react.body), react.set});
}

void SessionSide::on(Connection& connection, const ListReactions& list) {
    request(connection, list.id, switchboard_.owner_of(list.conversation),
            ListReactionsMail{ref(connection), list.id, connection.session->user, list.conversation,
                              list.from, list.until});
}

void SessionSide::on(Connection& connection, const ChangeContact& change) {
    if (!keys::storable_name(change.user))
        return reject(connection, {.code = ErrorCode::forbidden, .id = change.id});
    const std::string& user = connection.session->user;
    request(connection, change.id, switchboard_.home_of(user),
            ChangeContactMail{ref(connection), change.id, user, std::string(change.user), change.change});
}

void SessionSide::on(Connection& connection, const ListContacts& list) {
    const std::string& user = connection.session->user;
    request(connection, list.id, switchboard_.home_of(user),
            ListContactsMail{ref(connection), list.id, user});
}

void SessionSide::request(Connection& connection, RequestId id, ShardId to, ShardMail&& mail) {
    if (switchboard_.request(to, std::move(mail))) return;
    reject(connection, {.code = ErrorCode::overloaded, .id = id, .retry_after_ms = overloaded_retry_ms});
}

void SessionSide::whisper(const Whisper& whisper) {
    if (whisper.device.empty())
        whispers_.to_listeners(whisper.conversation, whisper.frame, whisper.user);
    else
        whispers_.to_link(users_.link(whisper.user, whisper.device), whisper.frame);
}

}  // namespace hubbub
