#include "refserver/api/api_routes.hpp"

#include <array>
#include <boost/json/array.hpp>

#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"

namespace hubbub {
namespace {

// ---- what a conversation's members do: each is the protocol's own message, put together from the request

void create(ApiContext& api, ApiCall&& call) {
    boost::json::object message = std::move(call.body);
    message["t"] = "create";
    api.desk.ask(std::move(call), std::move(message), 200, api.clock.now());
}

void add_members(ApiContext& api, ApiCall&& call) {
    boost::json::object message = std::move(call.body);
    message["t"] = "add";
    message["c"] = call.path["c"];
    api.desk.ask(std::move(call), std::move(message), 200, api.clock.now());
}

/// A number of the path or the query; false: the request was answered.
bool number(ApiCall& call, const std::string& text, const char* name, boost::json::object& message) {
    const bool digits = !text.empty() && text.size() <= 19 &&
                        text.find_first_not_of("0123456789") == std::string::npos && text.front() != '0';
    if (digits) {
        message[name] = std::stoull(text);
        return true;
    }
    call.answer(api_error(ErrorCode::bad_message, std::string(name) + " is a whole number from 1"));
    return false;
}

void send(ApiContext& api, ApiCall&& call) {
    boost::json::object message{{"t", "send"}, {"c", call.path["c"]}};
    if (!number(call, call.path["n"], "n", message)) return;
    if (const auto* body = call.body.if_contains("b")) message["b"] = *body;
    api.desk.ask(std::move(call), std::move(message), 200, api.clock.now());
}

void history(ApiContext& api, ApiCall&& call) {
    boost::json::object message{{"t", "history"}, {"c", call.path["c"]}};
    for (const char* name : {"from", "limit"}) {
        const auto given = call.query.find(name);
        if (given != call.query.end() && !number(call, given->second, name, message)) return;
    }
    api.desk.ask(std::move(call), std::move(message), 200, api.clock.now());
}

/// Administrators send as anybody: the numbers are those of the device they name.
void publish(ApiContext& api, ApiCall&& call) {
    const auto text = [&](const char* name) -> std::string {
        const auto* value = call.body.if_contains(name);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    call.user = text("user");
    call.device = call.body.contains("device") ? text("device") : "api";
    if (!api.desk.names_are_good(call.user, call.device))
        return call.answer(api_error(ErrorCode::bad_message, "user and device are names of 1 to 64 bytes"));
    ConversationId id{};
    (void)parse_conversation_id(call.path["c"], id);  // what is none is refused by send()
    const std::string detail = "as " + call.user + ", device " + call.device + ", n " + call.path["n"];
    api.host.audit({"publish", "admin", id, 0, {}, detail});
    send(api, std::move(call));
}

// ---- what the store says by itself

void failed(ApiCall& call, const Error& error) {
    call.answer(api_error(ErrorCode::internal, error.message));
}

/// The sequence of the newest entry; 0: there is none.
Result<Sequence> head_of(const Store& store, const ConversationId& id) {
    Sequence head = 0;
    const auto range = keys::entries(id, 1, UINT64_MAX - 1);
    const Status read = store.scan_reverse(range.from, range.to, [&](std::string_view key, std::string_view) {
        head = keys::sequence_of(key).value_or(0);
        return false;
    });
    if (!read) return read.error();
    return head;
}

/// The number that this device's next send into the conversation must have: for clients that kept no books.
void next_number(ApiContext& api, ApiCall&& call) {
    ConversationId id;
    if (!parse_conversation_id(call.path["c"], id))
        return call.answer(api_error(ErrorCode::bad_message, "c is no conversation id"));
    const auto member = api.host.store_to_read().get(keys::member(id, call.user));
    if (!member) return failed(call, member.error());
    const auto membership = *member ? decode_membership(**member) : Membership{.left = 1};
    if (!membership) return failed(call, membership.error());
    if (membership->left != 0) return call.answer(api_error(ErrorCode::forbidden, {}));
    const auto stored = api.host.store_to_read().get(keys::sender(id, call.user, call.device));
    if (!stored) return failed(call, stored.error());
    WireNumber last = 0;
    if (*stored) {
        const auto state = decode_sender_state(**stored);
        if (!state) return failed(call, state.error());
        last = state->last();
    }
    call.answer(api_json(200, {{"c", call.path["c"]}, {"n", last + 1}}));
}

/// The user's conversations in the order of their ids, those above `after`.
void conversations(ApiContext& api, ApiCall&& call) {
    constexpr std::size_t page = 100;  // each costs three reads
    ConversationId after{};
    if (const auto given = call.query.find("after");
        given != call.query.end() && !parse_conversation_id(given->second, after))
        return call.answer(api_error(ErrorCode::bad_message, "after is no conversation id"));
    const Store& store = api.host.store_to_read();
    const auto range = keys::user_conversations(call.user);
    const std::string from =
        after == ConversationId{} ? range.from : keys::user_conversation(call.user, after) + '\0';
    std::vector<ConversationId> ids;
    const Status read = store.scan(from, range.to, [&](std::string_view key, std::string_view) {
        if (const auto id = keys::conversation_of_user(key)) ids.push_back(*id);
        return ids.size() <= page;
    });
    if (!read) return failed(call, read.error());
    ConversationList list;
    list.more = ids.size() > page;
    if (list.more) ids.pop_back();
    for (const ConversationId& id : ids) {
        const auto meta = store.get(keys::conversation(id));
        const auto member = store.get(keys::member(id, call.user));
        if (!meta || !member || !*meta || !*member)
            return failed(call, fail("the index names a conversation that is not there"));
        const auto known = decode_conversation_meta(**meta);
        const auto membership = decode_membership(**member);
        const auto head = head_of(store, id);
        if (!known || !membership || !head) return failed(call, fail("a record cannot be read"));
        if (membership->left != 0) continue;
        list.items.push_back({id, known->kind, membership->role, membership->joined, *head});
    }
    std::string json;
    api.codec->encode(ServerMessage(list), json);
    call.answer({200, std::move(json), "application/json"});
}

// ---- administrators

void counts(ApiContext& api, ApiCall&& call) {
    const ApiCounts now = api.host.counts();
    call.answer(api_json(200, {{"connections", now.connections},
                               {"sessions", now.sessions},
                               {"conversations", now.conversations},
                               {"draining", now.draining},
                               {"read_only", now.read_only}}));
}

void backup(ApiContext& api, ApiCall&& call) {
    const std::string name = call.path["name"];
    const bool good =
        !name.empty() && name.size() <= 64 && name.front() != '.' &&
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
            std::string::npos;
    if (!good)
        return call.answer(api_error(ErrorCode::bad_message,
                                     "a backup's name is up to 64 letters, digits, '.', '_' and '-'"));
    if (api.backing_up.exchange(true))
        return call.answer(api_error(ErrorCode::overloaded, "another backup is being made", 409));
    if (api.backup.joinable()) api.backup.join();  // it has ended: it says so as its last act
    // On a thread of its own: writing memory out takes a while, and other requests go on.
    api.backup = std::thread([&api, name, answer = std::move(call.answer)] {
        const auto made = api.host.backup(name);
        api.backing_up.store(false);
        const std::string detail = made ? made->path : "failed: " + made.error().message;
        api.host.audit({"backup", "admin", {}, 0, {}, detail});
        if (made)
            return answer(api_json(
                201, {{"name", name}, {"path", made->path}, {"files", made->files}, {"bytes", made->bytes}}));
        const bool taken = made.error().message.find("is there already") != std::string::npos;
        answer(api_error(taken ? ErrorCode::bad_message : ErrorCode::internal, made.error().message,
                         taken ? 409 : 500));
    });
}

/// One token by its id, or all of a user's that were issued up to a moment.
void revoke(ApiContext& api, ApiCall&& call) {
    const auto* id = call.body.if_contains("id");
    const auto* user = call.body.if_contains("user");
    const auto* until = call.body.if_contains("issued_until");
    const auto named = [](const boost::json::value* value, std::size_t max) {
        return value && value->is_string() && !value->get_string().empty() &&
               value->get_string().size() <= max;
    };
    const bool one = named(id, limits::token_id_bytes_max) && !user && !until;
    const bool all = named(user, limits::name_bytes_max) && !id && until && until->is_int64();
    if (!one && !all)
        return call.answer(
            api_error(ErrorCode::bad_message,
                      "either the id of a token, or user and issued_until (seconds since 1970)"));
    Revocation revocation;
    if (one) revocation.id = std::string(id->get_string());
    if (all) {
        revocation.user = std::string(user->get_string());
        revocation.issued_until = until->get_int64();
    }
    api.host.audit(
        {"revoke", "admin", {}, 0, {}, one ? "token " + revocation.id : "user " + revocation.user});
    if (!api.host.revoke_tokens(revocation))
        return call.answer(api_error(ErrorCode::overloaded, "not told everywhere yet; ask again", 0, 1'000));
    call.answer(api_json(200, {{"revoked", one ? revocation.id : revocation.user}}));
}

void routes(ApiContext&, ApiCall&& call);

constexpr std::array table = {
    ApiRoute{{"GET", "/v1/routes"}, ApiNeeds::nothing, routes},
    ApiRoute{{"GET", "/v1/conversations"}, ApiNeeds::user, conversations},
    ApiRoute{{"POST", "/v1/conversations"}, ApiNeeds::user_and_body, create},
    ApiRoute{{"POST", "/v1/conversations/{c}/members"}, ApiNeeds::user_and_body, add_members},
    ApiRoute{{"GET", "/v1/conversations/{c}/messages"}, ApiNeeds::user, history},
    ApiRoute{{"PUT", "/v1/conversations/{c}/messages/{n}"}, ApiNeeds::user_and_body, send},
    ApiRoute{{"GET", "/v1/conversations/{c}/next"}, ApiNeeds::user, next_number},
    ApiRoute{{"GET", "/v1/admin/counts", true}, ApiNeeds::admin, counts},
    ApiRoute{{"PUT", "/v1/admin/conversations/{c}/messages/{n}", true}, ApiNeeds::admin_and_body, publish},
    ApiRoute{{"PUT", "/v1/admin/backups/{name}", true}, ApiNeeds::admin, backup},
    ApiRoute{{"POST", "/v1/admin/revocations", true}, ApiNeeds::admin_and_body, revoke},
};

/// What there is, for whoever explores, and for the test that holds docs/openapi.yaml to it.
void routes(ApiContext&, ApiCall&& call) {
    boost::json::array all;
    for (const ApiRoute& route : table)
        all.push_back(boost::json::object{
            {"method", route.name.method}, {"path", route.name.path}, {"admin", route.name.admin}});
    call.answer(api_json(200, {{"routes", std::move(all)}}));
}

}  // namespace

std::span<const ApiRoute> api_route_table() {
    return table;
}

}  // namespace hubbub
