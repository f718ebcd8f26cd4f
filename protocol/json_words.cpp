#include "protocol/json_messages.hpp"

namespace hubbub::json {
namespace {

/// One of an enumeration's wire names.
template <class Word, std::size_t count>
Word read_word(Fields& fields, Field field, const std::array<Word, count>& words) {
    const auto found = fields.text(field, 1, limits::name_bytes_max);
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
        if (name(words[i]) == found) return words[i];
        list.append(i == 0 ? "must be " : i + 1 == count ? " or " : ", ").append(name(words[i]));
    }
    fields.fail(field, list);
    return words[0];
}

}  // namespace

RequestId read_request_id(Fields& fields) {
    const RequestId id = fields.number(Field::id, 1, UINT64_MAX);
    fields.refuse_request(id);
    return id;
}

ConversationClass read_class(Fields& fields) {
    using enum ConversationClass;
    return read_word(fields, Field::kind, std::array{direct, group, channel});
}

MemberRole read_role(Fields& fields) {
    using enum MemberRole;
    return read_word(fields, Field::role, std::array{member, owner, reader});
}

PresenceState read_state(Fields& fields) {
    using enum PresenceState;
    return read_word(fields, Field::state, std::array{offline, online, away, invisible});
}

ContactChange read_change(Fields& fields) {
    using enum ContactChange;
    return read_word(fields, Field::change, std::array{add, remove, block, unblock});
}

void read_op(Fields& fields, SendOp& op, Sequence& target) {
    if (!fields.has(Field::op)) return;
    using enum SendOp;
    op = read_word(fields, Field::op, std::array{reply, edit, erase});
    target = fields.number(Field::on, 1, UINT64_MAX);
}

}  // namespace hubbub::json
