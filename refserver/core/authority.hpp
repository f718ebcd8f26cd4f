// Who may do what in a conversation: the one place that decides it, for every event.
// Pure functions over small values; any thread. docs/PROTOCOL.md has the same table in words.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/messages_log.hpp"

namespace hubbub {

/// What a user is to a conversation that exists. To one that does not exist everybody is a stranger.
enum class Standing : std::uint8_t {
    stranger,  ///< never was a member, and did not create it
    former,    ///< was a member; what it was before does not matter any more
    reader,
    member,
    owner,
    founder,  ///< created it without ever being a member: arranges, but neither reads nor writes
};

enum class Act : std::uint8_t {
    send,
    read,    ///< history, live entries, lists of members, receipts and reactions
    finish,  ///< a resume up to the own `left` entry
    join,    ///< by oneself
    add,     ///< others
    leave,
    kick,
    set_role,
};

/// What may be done depends on these two properties of the conversation, too.
struct Openness {
    ConversationClass kind = ConversationClass::group;
    bool open = false;  ///< whoever knows the id may join
};

/// How many members a conversation of the class may have.
[[nodiscard]] std::size_t members_max(ConversationClass kind);

/// Refusals say `forbidden` and nothing more, so that a conversation that does not exist, one that one may
/// not enter and one that one has left look the same.
[[nodiscard]] bool may(Act act, Standing standing, Openness conversation);

}  // namespace hubbub
