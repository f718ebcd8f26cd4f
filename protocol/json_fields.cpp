#include "protocol/json_fields.hpp"

#include <algorithm>

#include "protocol/limits.hpp"

namespace hubbub::json {
namespace {

/// In the order of Field; the single letters first.
constexpr std::array<std::string_view, static_cast<std::size_t>(Field::unknown)> field_names = {
    "t",       "c",       "n",        "b",        "q",         "u",           "d",      "id",
    "at",      "key",     "ttl",      "user",     "from",      "head",        "code",   "beat",
    "token",   "class",   "limit",    "epoch",    "device",    "server",      "status", "members",
    "pending", "entries", "complete", "definite", "in_flight", "retry_after", "op",     "on",
    "set",     "open",    "history",  "before",   "cursors",   "role",        "state",  "delivered",
    "read",    "users",   "contacts", "blocked",  "change",    "after",       "more",   "items",
    "until",   "count",   "joined",   "age",      "last_seen"};
static_assert(field_names.size() <= 64, "presence is a word of 64 bits");
static_assert(field_names.back() == "last_seen", "every field has its name");

std::size_t field_named(std::string_view name) {
    std::size_t i = 0;
    while (i < field_names.size() && field_names[i] != name) ++i;
    return i;
}

constexpr std::string_view control_character_refused = "must not hold control characters";

bool has_control_character(std::string_view name) {
    return std::ranges::any_of(name, [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; });
}

std::string quoted(Field field) {
    return std::string("\"").append(field_names[static_cast<std::size_t>(field)]).append("\"");
}

}  // namespace

void Fields::reset() {
    present_ = 0;
    failed_ = false;
    context_ = "message";
    error_ = {};
}

void Fields::gather(simdjson::dom::element value) {
    reset();
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS)
        return fail(ErrorCode::bad_message, "a message is one JSON object");
    for (const auto [name, element] : object) {
        const std::size_t at = field_named(name);
        if (at == field_names.size()) continue;
        if ((present_ >> at & 1U) != 0) return fail(static_cast<Field>(at), "stands twice");
        present_ |= std::uint64_t{1} << at;
        values_[at] = element;
    }
}

const simdjson::dom::element* Fields::find(Field field) {
    if (failed_) return nullptr;
    if (has(field)) return &values_[index(field)];
    fail(field, "is missing");
    return nullptr;
}

std::string_view Fields::text(Field field, std::size_t bytes_min, std::size_t bytes_max) {
    const auto* value = find(field);
    if (value == nullptr) return {};
    std::string_view found;
    if (value->get(found) != simdjson::SUCCESS) {
        fail(field, "must be a string");
    } else if (found.size() < bytes_min) {
        fail(field, "must not be empty");
    } else if (found.size() > bytes_max) {
        too_many(field, found.size(), bytes_max, " bytes");
    } else {
        return found;
    }
    return {};
}

std::string_view Fields::name(Field field, std::size_t bytes_max) {
    const auto found = text(field, 1, bytes_max);
    if (has_control_character(found)) fail(field, control_character_refused);
    return found;
}

std::uint64_t Fields::number(Field field, std::uint64_t least, std::uint64_t most) {
    const auto* value = find(field);
    if (value == nullptr) return 0;
    std::uint64_t found = 0;
    if (value->get(found) == simdjson::SUCCESS && found >= least && found <= most) return found;
    fail(field, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return 0;
}

std::uint32_t Fields::number32(Field field, std::uint32_t least) {
    return static_cast<std::uint32_t>(number(field, least, UINT32_MAX));
}

bool Fields::flag(Field field) {
    const auto* value = find(field);
    bool found = false;
    if (value != nullptr && value->get(found) != simdjson::SUCCESS) fail(field, "must be true or false");
    return found;
}

ConversationId Fields::conversation() {
    ConversationId id;
    const auto* value = find(Field::conversation);
    std::string_view found;
    if (value != nullptr && (value->get(found) != simdjson::SUCCESS || !parse_conversation_id(found, id)))
        fail(Field::conversation, "must be a conversation id: 22 base64url characters, canonical");
    return id;
}

simdjson::dom::array Fields::list(Field field, std::size_t elements_max) {
    const auto* value = find(field);
    simdjson::dom::array found;
    if (value == nullptr) return found;
    if (value->get(found) != simdjson::SUCCESS) {
        fail(field, "must be an array");
    } else {
        // simdjson counts to 2^24 - 1, far above what a payload within its limit can hold.
        if (found.size() > elements_max) too_many(field, found.size(), elements_max, " elements");
    }
    return found;
}

std::vector<std::string_view> Fields::names(Field field, std::size_t elements_max) {
    std::vector<std::string_view> out;
    const auto elements = list(field, elements_max);
    if (failed_) return out;
    out.reserve(elements.size());
    for (const auto element : elements) {
        std::string_view name;
        if (element.get(name) != simdjson::SUCCESS || name.empty()) {
            fail(field, "must hold names, which are strings and not empty");
        } else if (name.size() > limits::name_bytes_max) {
            too_many(field, name.size(), limits::name_bytes_max, " bytes in one name");
        } else if (has_control_character(name)) {
            fail(field, control_character_refused);
        }
        if (failed_) return {};
        out.push_back(name);
    }
    return out;
}

void Fields::refuse_send(const ConversationId& conversation, WireNumber number) {
    if (failed_) return;
    error_.conversation = conversation;
    error_.number = number;
}

void Fields::refuse_request(RequestId id) {
    if (!failed_) error_.id = id;
}

void Fields::fail(ErrorCode code, std::string detail) {
    if (failed_) return;
    failed_ = true;
    error_.code = code;
    error_.detail = std::move(detail);
}

void Fields::fail(Field field, std::string_view what) {
    fail(ErrorCode::bad_message,
         std::string(context_).append(": ").append(quoted(field)).append(" ").append(what));
}

void Fields::too_many(Field field, std::size_t found, std::size_t most, std::string_view of_what) {
    fail(ErrorCode::too_large, std::string(context_) + ": " + quoted(field) + " has " +
                                   std::to_string(found) + std::string(of_what) + ", at most " +
                                   std::to_string(most) + " are allowed");
}

void Fields::adopt_error(Fields& inner) {
    if (inner.failed_) fail(inner.error_.code, std::move(inner.error_.detail));
}

}  // namespace hubbub::json
