#include "refserver/core/keys.hpp"

#include <utility>

#include "base/assert.hpp"
#include "protocol/limits.hpp"

namespace hubbub::keys {
namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t sequence_bytes = 8;

void append_big_endian(std::string& out, std::uint64_t value) {
    char bytes[8];
    for (char& byte : bytes) {
        byte = static_cast<char>(value >> 56);
        value <<= 8;
    }
    out.append(bytes, sizeof bytes);
}

std::uint64_t read_big_endian(std::string_view eight) {
    std::uint64_t value = 0;
    for (const char c : eight) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

void append_id(std::string& out, const ConversationId& id) {
    append_big_endian(out, id.high);
    append_big_endian(out, id.low);
}

ConversationId read_id(std::string_view sixteen) {
    return {read_big_endian(sixteen.substr(0, 8)), read_big_endian(sixteen.substr(8, 8))};
}

void append_name(std::string& out, std::string_view text) {
    HUBBUB_ASSERT(storable_name(text), "names are checked before they reach a key");
    out.append(text);
}

std::string with_id(char kind, const ConversationId& id, std::string memory = {}) {
    std::string out = std::move(memory);
    out.clear();
    out.reserve(1 + id_bytes + limits::name_bytes_max);
    out.push_back(kind);
    append_id(out, id);
    return out;
}

/// Every key that begins with `prefix`. No prefix here is all 0xff: each begins with a letter.
Range all_with(std::string prefix) {
    std::string end = prefix;
    while (end.back() == '\xff') end.pop_back();
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return {std::move(prefix), std::move(end)};
}

/// What follows 'kind' conversation(16), if that is what the key is.
std::optional<std::string_view> after_id(char kind, std::string_view key) {
    if (key.size() < 1 + id_bytes || key.front() != kind) return std::nullopt;
    return key.substr(1 + id_bytes);
}

}  // namespace

bool storable_name(std::string_view text) {
    return !text.empty() && text.size() <= limits::name_bytes_max &&
           text.find('\0') == std::string_view::npos;
}

std::string meta() {
    return "!meta";
}

std::string conversation(const ConversationId& id) {
    return with_id('c', id);
}

std::string entry(const ConversationId& id, Sequence sequence, std::string memory) {
    std::string out = with_id('e', id, std::move(memory));
    append_big_endian(out, sequence);
    return out;
}

std::string sender(const ConversationId& id, std::string_view user, std::string_view device,
                   std::string memory) {
    std::string out = with_id('s', id, std::move(memory));
    append_name(out, user);
    out.push_back('\0');
    append_name(out, device);
    return out;
}

std::string member(const ConversationId& id, std::string_view user) {
    std::string out = with_id('m', id);
    append_name(out, user);
    return out;
}

std::string watermarks(const ConversationId& id, std::string_view user) {
    std::string out = with_id('w', id);
    append_name(out, user);
    return out;
}

std::string reaction(const ConversationId& id, Sequence target, std::string_view user,
                     std::string_view body) {
    std::string out = with_id('x', id);
    append_big_endian(out, target);
    append_name(out, user);
    out.push_back('\0');
    out.append(body);
    return out;
}

std::string contact(std::string_view user, std::string_view other) {
    std::string out = contacts(user).from;
    append_name(out, other);
    return out;
}

std::string user_conversation(std::string_view user, const ConversationId& id) {
    std::string out = user_conversations(user).from;
    append_id(out, id);
    return out;
}

std::string created(std::string_view creator, std::string_view key) {
    std::string out = "k";
    append_name(out, creator);
    out.push_back('\0');
    out.append(key);
    return out;
}

Range entries(const ConversationId& id, Sequence from, Sequence to) {
    // The last sequence of all is never given out, so that the end of "all entries" is a key as well.
    return {entry(id, from), entry(id, to == UINT64_MAX ? to : to + 1)};
}

Range senders(const ConversationId& id) {
    return all_with(with_id('s', id));
}

Range members(const ConversationId& id) {
    return all_with(with_id('m', id));
}

Range watermarks(const ConversationId& id) {
    return all_with(with_id('w', id));
}

Range reactions(const ConversationId& id, Sequence from, Sequence until) {
    Range range{with_id('x', id), with_id('x', id)};
    append_big_endian(range.from, from);
    append_big_endian(range.to, until == UINT64_MAX ? until : until + 1);
    return range;
}

Range contacts(std::string_view user) {
    std::string prefix = "b";
    append_name(prefix, user);
    prefix.push_back('\0');
    return all_with(std::move(prefix));
}

Range user_conversations(std::string_view user) {
    std::string prefix = "u";
    append_name(prefix, user);
    prefix.push_back('\0');
    return all_with(std::move(prefix));
}

Range conversations() {
    return all_with("c");
}

std::optional<ConversationId> conversation_of(std::string_view key) {
    const auto rest = after_id('c', key);
    if (!rest || !rest->empty()) return std::nullopt;
    return read_id(key.substr(1));
}

std::optional<Sequence> sequence_of(std::string_view key) {
    const auto rest = after_id('e', key);
    if (!rest || rest->size() != sequence_bytes) return std::nullopt;
    return read_big_endian(*rest);
}

std::optional<Sender> sender_of(std::string_view key) {
    const auto rest = after_id('s', key);
    if (!rest) return std::nullopt;
    const std::size_t end = rest->find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const Sender found{rest->substr(0, end), rest->substr(end + 1)};
    if (!storable_name(found.user) || !storable_name(found.device)) return std::nullopt;
    return found;
}

std::optional<std::string_view> user_of(std::string_view key) {
    const auto rest = after_id('m', key);
    if (!rest || !storable_name(*rest)) return std::nullopt;
    return rest;
}

std::optional<std::string_view> user_of_watermarks(std::string_view key) {
    const auto rest = after_id('w', key);
    if (!rest || !storable_name(*rest)) return std::nullopt;
    return rest;
}

std::optional<std::string_view> other_of_contact(std::string_view key) {
    const std::size_t end = key.find('\0');
    if (key.empty() || key.front() != 'b' || end == std::string_view::npos) return std::nullopt;
    const std::string_view other = key.substr(end + 1);
    return storable_name(other) ? std::optional(other) : std::nullopt;
}

std::optional<Reaction> reaction_of(std::string_view key) {
    const auto rest = after_id('x', key);
    if (!rest || rest->size() < sequence_bytes) return std::nullopt;
    const std::string_view names = rest->substr(sequence_bytes);
    const std::size_t end = names.find('\0');
    if (end == std::string_view::npos || !storable_name(names.substr(0, end))) return std::nullopt;
    return Reaction{read_big_endian(rest->substr(0, sequence_bytes)), names.substr(0, end),
                    names.substr(end + 1)};
}

std::optional<ConversationId> conversation_of_user(std::string_view key) {
    if (key.size() < 2 + id_bytes || key.front() != 'u') return std::nullopt;
    const std::string_view id = key.substr(key.size() - id_bytes);
    const std::string_view user = key.substr(1, key.size() - id_bytes - 2);
    if (!storable_name(user) || key[key.size() - id_bytes - 1] != '\0') return std::nullopt;
    return read_id(id);
}

}  // namespace hubbub::keys
