#include "refserver/core/authority.hpp"

#include "protocol/limits.hpp"

namespace hubbub {
namespace {

bool inside(Standing standing) {
    return standing == Standing::reader || standing == Standing::member || standing == Standing::owner;
}

bool arranges(Standing standing) {
    return standing == Standing::owner || standing == Standing::founder;
}

}  // namespace

bool may(Act act, Standing standing, Openness conversation) {
    // Two people stay two people: nobody comes, nobody is put out.
    const bool changes = conversation.kind != ConversationClass::direct;
    switch (act) {
        case Act::send:
            return standing == Standing::member || standing == Standing::owner;
        case Act::read:
            return inside(standing);
        case Act::finish:
            return inside(standing) || standing == Standing::former;
        case Act::join:
            // Who is inside already is told so again: its first answer may have been lost.
            return inside(standing) || (changes && conversation.open);
        case Act::add:
        case Act::kick:
            return changes && arranges(standing);
        case Act::set_role:
            return changes && arranges(standing);
        case Act::leave:
            return inside(standing);
    }
    return false;
}

std::size_t members_max(ConversationClass kind) {
    switch (kind) {
        case ConversationClass::direct:
            return limits::direct_members_max;
        case ConversationClass::group:
            return limits::group_members_max;
        case ConversationClass::channel:
            return limits::conversation_members_max;
    }
    return 0;
}

}  // namespace hubbub
