// Whom a wrong may reach that should reach nobody. Pure lookups; the shard's thread only.
#pragma once

#include "refserver/core/connection.hpp"
#include "refserver/core/saboteur.hpp"

namespace hubbub {

/// A connection that is settled, listens to something, and whose user is no member there; null: none was
/// found by chance.
Connection* stranger_to(const ConversationId& conversation, SabotageKind kind, ShardContext& context,
                        Saboteur& saboteur, Connections& connections);

}  // namespace hubbub
