#include "refserver/core/presence_sabotage.hpp"

namespace hubbub {
namespace {

// Random places looked at for a victim before the occasion is let go.
constexpr int tries = 32;

}  // namespace

Connection* PresenceSabotage::stranger_to(const std::string& user) {
    for (int i = 0; i < tries; ++i) {
        Connection* const one =
            connections_.at(saboteur_.below(SabotageKind::presence_to_stranger, connections_.slots()));
        if (one == nullptr || !one->listening() || !one->session || one->session->resumption ||
            one->session->user == user || !one->session->watching || !one->session->watching->asked.empty())
            continue;
        const auto heard = told_.find(one->link.value);
        if (heard != told_.end() && !heard->second.contains(user)) return one;
    }
    return nullptr;
}

void PresenceSabotage::will_be_told(const std::vector<LinkId>& watchers, std::string_view frame) {
    const auto message = context_.message_of(SharedBytes::copy_of(frame));
    const auto* const notice = message.has_error() ? nullptr : std::get_if<PresenceNotice>(&*message);
    if (notice == nullptr) return;
    for (const LinkId watcher : watchers) told_[watcher.value].insert(std::string(notice->user));
}

void PresenceSabotage::told(const SharedBytes& frame) {
    const auto message = context_.message_of(frame);
    if (message.has_error()) return;
    const auto* const notice = std::get_if<PresenceNotice>(&*message);
    if (notice == nullptr) return;
    const std::string user(notice->user);
    // Farewells are told when a run ends, and with it whoever could hear the wrong.
    if (notice->state != PresenceState::online) return;
    constexpr SabotageKind kind = SabotageKind::presence_to_stranger;
    if (!saboteur_.wants(kind, ConversationId{}, context_.now)) return;
    Connection* const stranger = stranger_to(user);
    if (stranger == nullptr) return;
    saboteur_.tell({.kind = kind,
                    .conversation = {},
                    .user = user,
                    .device = {},
                    .victim_user = stranger->session->user,
                    .victim_device = stranger->session->device},
                   context_.now);
    connections_.send(*stranger, frame);
}

}  // namespace hubbub
