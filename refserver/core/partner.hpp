// Who must be asked before a direct conversation begins: both ways in (sessions and REST) ask the same one.
// A function of values.
#pragma once

#include <algorithm>
#include <string>

#include "refserver/core/mail.hpp"

namespace hubbub {

/// Whom the creator of a direct conversation wants to talk to; empty: nobody is to be asked.
inline std::string partner(const CreateMail& create) {
    const auto& members = create.members;
    const bool own = std::find(members.begin(), members.end(), create.creator) != members.end();
    const auto other = std::find_if(members.begin(), members.end(),
                                    [&](const std::string& name) { return name != create.creator; });
    return create.kind == ConversationClass::direct && own && other != members.end() ? *other : std::string();
}

}  // namespace hubbub
