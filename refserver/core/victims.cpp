#include "refserver/core/victims.hpp"

#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

// Random places looked at for a victim before the occasion is let go.
constexpr int tries = 32;

bool is_stranger(const Connection& connection, const ConversationId& conversation, ShardContext& context) {
    if (!connection.listening() || !connection.session || connection.session->resumption ||
        connection.session->subscriptions.empty())
        return false;
    const auto membership = context.store.get(keys::member(conversation, connection.session->user));
    return membership.has_value() && !membership->has_value();
}

}  // namespace

Connection* stranger_to(const ConversationId& conversation, SabotageKind kind, ShardContext& context,
                        Saboteur& saboteur, Connections& connections) {
    for (int i = 0; i < tries; ++i) {
        Connection* const one = connections.at(saboteur.below(kind, connections.slots()));
        if (one != nullptr && is_stranger(*one, conversation, context)) return one;
    }
    return nullptr;
}

}  // namespace hubbub
