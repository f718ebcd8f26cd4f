#include "refserver/core/presence_sabotage.hpp"

#include <algorithm>

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

// Only what is told of users who are there is altered: farewells are told when a run ends, and with it
// whoever could hear the wrong.
bool PresenceSabotage::keeps(const Connection& watcher, const SharedBytes& frame) {
    const auto message = context_.message_of(frame);
    const auto* const notice = message.has_error() ? nullptr : std::get_if<PresenceNotice>(&*message);
    if (notice == nullptr) return false;
    const std::string user(notice->user);
    std::erase_if(kept_, [&](const Kept& kept) { return kept.watcher == watcher.link && kept.user == user; });
    constexpr SabotageKind kind = SabotageKind::late_presence;
    if (notice->state != PresenceState::online || !watcher.session ||
        !saboteur_.wants(kind, ConversationId{}, context_.now))
        return false;
    tell_truth(kind, user, watcher);
    // Beyond whatever a watcher has to wait for (docs/CHECKS.md, Presence).
    const Duration late = 2 * context_.options.silence + std::chrono::seconds{6};
    kept_.push_back({context_.now + late, watcher.link, user, frame});
    return true;
}

void PresenceSabotage::turn() {
    while (!kept_.empty() && kept_.front().until <= context_.now) {
        const Kept kept = std::move(kept_.front());
        kept_.pop_front();
        if (Connection* const watcher = connections_.find(kept.watcher))
            connections_.send(*watcher, kept.frame);
    }
}

void PresenceSabotage::told(Connection& watcher, const SharedBytes& frame) {
    const auto message = context_.message_of(frame);
    if (message.has_error()) return;
    const auto* const notice = std::get_if<PresenceNotice>(&*message);
    if (notice == nullptr || notice->state != PresenceState::online) return;
    const std::string user(notice->user);
    tell_a_stranger(user, frame);
    tell_false_offline(watcher, user);
}

void PresenceSabotage::tell_a_stranger(const std::string& user, const SharedBytes& frame) {
    constexpr SabotageKind kind = SabotageKind::presence_to_stranger;
    if (!saboteur_.wants(kind, ConversationId{}, context_.now)) return;
    Connection* const stranger = stranger_to(user);
    if (stranger == nullptr) return;
    tell_truth(kind, user, *stranger);
    connections_.send(*stranger, frame);
}

void PresenceSabotage::tell_false_offline(Connection& watcher, const std::string& user) {
    constexpr SabotageKind kind = SabotageKind::false_offline;
    if (!watcher.session || !saboteur_.wants(kind, ConversationId{}, context_.now)) return;
    tell_truth(kind, user, watcher);
    // Just seen, at the least there is to say.
    connections_.send(watcher, context_.frame_of(PresenceNotice{user, PresenceState::offline, 1}));
}

void PresenceSabotage::tell_truth(SabotageKind kind, const std::string& user, const Connection& victim) {
    saboteur_.tell({.kind = kind,
                    .conversation = {},
                    .user = user,
                    .device = {},
                    .victim_user = victim.session->user,
                    .victim_device = victim.session->device},
                   context_.now);
}

}  // namespace hubbub
