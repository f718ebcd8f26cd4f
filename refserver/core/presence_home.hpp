// At a user's home shard: which of its devices live, how it is seen, who watches it, and when they are told.
// Owned by the Shard; its thread only. Sessions, on whichever shard, are reached by mail.
//
// A user is seen as the best of its devices. A change is told at once, but a farewell only after a second
// in which the user did not come back, and never two changes within a second.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/timer_wheel.hpp"
#include "refserver/core/context.hpp"
#include "refserver/core/mail.hpp"
#include "refserver/core/names.hpp"
#include "refserver/core/presence_record.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

class Switchboard;

class PresenceHome {
  public:
    PresenceHome(ShardContext& context, Switchboard& switchboard);
    ~PresenceHome();

    /// Whether `viewer` may see how `user` stands; who may not sees it offline. Everybody may, until this is
    /// set.
    using MaySee = std::function<bool(std::string_view user, std::string_view viewer)>;
    void set_may_see(MaySee may_see) { may_see_ = std::move(may_see); }
    /// The answer of MaySee changed for these two: the viewer's sessions are told what they see now.
    void sight_changed(std::string_view user, std::string_view viewer);

    void take(const DeviceLifeMail& mail);
    void take(const SetPresenceMail& mail);
    void take(const WatchMail& mail);
    void take(const ForgetWatchesMail& mail);

    /// Everything due; one mail a shard with all its news; records into the batch of this turn, if given.
    void turn(WriteBatch* writes);
    [[nodiscard]] Time next_deadline() const;
    /// Users in memory: those who have devices or watchers, or had until a moment ago.
    [[nodiscard]] std::size_t size() const { return users_.size(); }

  private:
    struct Device {
        std::uint64_t name = 0;
        SessionRef session;
        Liveness life = Liveness::here;
        Time hello{}, heard{};
    };
    struct Watcher {
        SessionRef session;
        bool blind = false;  ///< may not see the user
    };
    struct User : TimerNode {
        const std::string* name = nullptr;
        std::vector<Device> devices;
        std::vector<Watcher> watchers;
        PresenceState wanted = PresenceState::online;
        PresenceState told = PresenceState::offline;
        bool unsaved = false;
        Time tell_at = never;  ///< a change waits until then
        Time told_at{};
        Time look_at = never;        ///< who is here is seen then, though nothing happened
        Time keep_until{};           ///< what was saved may not be readable before
        std::uint64_t seen_us = 0;   ///< wall clock, while it let itself be seen; 0: never
        std::uint64_t saved_us = 0;  ///< of the last record
    };
    struct RefHash {
        std::size_t operator()(const SessionRef& ref) const {
            return static_cast<std::size_t>(mix64(ref.link.value, ref.shard.value));
        }
    };
    struct Viewer {
        std::string name;
        std::vector<User*> watched;
    };

    User& user(std::string_view name);
    void load(User& user);
    [[nodiscard]] PresenceState state_of(const Device& device) const;
    [[nodiscard]] PresenceState state_of(const User& user) const;
    void note_seen(User& user, Time at);
    void changed(User& user, Duration hold);
    void tell(User& user);
    void due(User& user);
    void rearm(User& user);
    [[nodiscard]] SharedBytes notice(const User& user, PresenceState state);
    [[nodiscard]] std::uint64_t wall_us(Time at) const;
    bool begin_watching(const WatchMail& mail, User& user, Viewer& viewer);
    static bool stop_watching(const SessionRef& session, User& user);
    void save(User& user);
    void save_all(WriteBatch& writes);

    ShardContext& context_;
    Switchboard& switchboard_;
    MaySee may_see_;
    TimerWheel wheel_{Time{}};
    NameMap<User> users_;
    std::unordered_map<SessionRef, Viewer, RefHash> viewers_;
    std::vector<PresenceNewsMail> news_;  // of this turn, by shard
    std::deque<User*> unsaved_;
    Time save_at_ = never;
};

}  // namespace hubbub
