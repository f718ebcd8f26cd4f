// PresenceHome's other half: who watches whom.
#include <algorithm>

#include "refserver/core/presence_home.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

void PresenceHome::take(const WatchMail& mail) {
    Viewer& viewer = viewers_[mail.session];
    viewer.name = mail.viewer;
    WatchedMail answer{mail.session, mail.id, static_cast<std::uint32_t>(mail.users.size()), 0, mail.on,
                       false,        {}};
    for (const std::string& name : mail.users) {
        User& them = user(name);
        if (!mail.on) {
            if (stop_watching(mail.session, them)) {
                std::erase(viewer.watched, &them);
                context_.counters.presence_watches.subtract();
                ++answer.changed;
            }
            rearm(them);
            continue;
        }
        const std::size_t before = viewer.watched.size();
        if (!begin_watching(mail, them, viewer)) {
            answer.full = true;
            rearm(them);
            continue;
        }
        answer.changed += static_cast<std::uint32_t>(viewer.watched.size() - before);
        const bool blind = may_see_ && !may_see_(name, mail.viewer);
        const SharedBytes frame = blind ? context_.frame_of(PresenceNotice{name, PresenceState::offline, 0})
                                        : notice(them, them.told);
        answer.frames.emplace_back(frame.view());
        rearm(them);
    }
    if (viewer.watched.empty()) viewers_.erase(mail.session);
    switchboard_.post(mail.session.shard, std::move(answer));
}

/// False: the user has as many watchers as a user may have. Who watches already is not counted twice.
bool PresenceHome::begin_watching(const WatchMail& mail, User& them, Viewer& viewer) {
    const bool already = std::any_of(them.watchers.begin(), them.watchers.end(),
                                     [&](const Watcher& other) { return other.session == mail.session; });
    if (already) return true;
    if (them.watchers.size() >= limits::watchers_per_user_max) return false;
    if (them.watchers.empty()) {
        them.told = state_of(them);  // nobody listened to the changes before
        them.tell_at = never;
    }
    them.watchers.push_back({mail.session, may_see_ && !may_see_(*them.name, mail.viewer)});
    viewer.watched.push_back(&them);
    context_.counters.presence_watches.add();
    return true;
}

bool PresenceHome::stop_watching(const SessionRef& session, User& them) {
    const auto found = std::find_if(them.watchers.begin(), them.watchers.end(),
                                    [&](const Watcher& other) { return other.session == session; });
    if (found == them.watchers.end()) return false;
    *found = them.watchers.back();
    them.watchers.pop_back();
    return true;
}

void PresenceHome::take(const ForgetWatchesMail& mail) {
    const auto found = viewers_.find(mail.session);
    if (found == viewers_.end()) return;
    for (User* const them : found->second.watched) {
        if (stop_watching(mail.session, *them)) context_.counters.presence_watches.subtract();
        rearm(*them);
    }
    viewers_.erase(found);
}

void PresenceHome::sight_changed(std::string_view name, std::string_view viewer) {
    const auto found = users_.find(name);
    if (found == users_.end()) return;
    User& them = found->second;
    const bool blind = may_see_ && !may_see_(name, viewer);
    for (Watcher& watcher : them.watchers) {
        const auto who = viewers_.find(watcher.session);
        if (who == viewers_.end() || who->second.name != viewer || watcher.blind == blind) continue;
        watcher.blind = blind;
        if (them.told == PresenceState::offline) continue;  // looks the same
        const SharedBytes frame = blind ? context_.frame_of(PresenceNotice{name, PresenceState::offline, 0})
                                        : notice(them, them.told);
        news_[watcher.session.shard.index()].news.push_back(
            {std::string(frame.view()), {watcher.session.link}});
    }
}

}  // namespace hubbub
