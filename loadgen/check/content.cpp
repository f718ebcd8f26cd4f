#include "loadgen/check/content.hpp"

#include "base/random.hpp"
#include "loadgen/check/keyed_hash.hpp"

namespace hubbub {
namespace {

std::uint64_t head_hash(EntryKind kind, std::string_view user, std::string_view device, WireNumber number,
                        std::uint64_t key) {
    return mix64(keyed_hash(user, key), keyed_hash(device, key),
                 mix64(number, static_cast<std::uint64_t>(kind)));
}

std::uint64_t not_zero(std::uint64_t hash) {
    return hash == 0 ? 1 : hash;
}

}  // namespace

std::uint64_t body_hash(std::string_view body, std::uint64_t key) {
    return keyed_hash(body, key);
}

std::uint64_t body_hash_about(std::uint64_t hash_of_body, SendOp op, Sequence target) {
    if (op == SendOp::text && target == 0) return hash_of_body;
    return mix64(hash_of_body, static_cast<std::uint64_t>(op), target);
}

std::uint64_t message_hash(std::string_view user, std::string_view device, WireNumber number,
                           std::uint64_t hash_of_body, std::uint64_t key) {
    return not_zero(mix64(head_hash(EntryKind::message, user, device, number, key), hash_of_body));
}

std::uint64_t content_hash(const Entry& entry, std::uint64_t key) {
    if (entry.kind == EntryKind::message)
        return message_hash(entry.user, entry.device, entry.number,
                            body_hash_about(body_hash(entry.body, key), entry.op, entry.target), key);
    std::uint64_t hash = head_hash(entry.kind, entry.user, entry.device, entry.number, key);
    for (const std::string_view member : entry.members) hash = mix64(hash, keyed_hash(member, key));
    return not_zero(hash);
}

}  // namespace hubbub
