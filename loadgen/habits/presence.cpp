// Being seen: users say how they want to be seen, their devices show that they live, and watch others.
// Everything that the check of presence needs is noted as it happens (loadgen/check/presence_book.hpp).
#include <algorithm>

#include "base/random.hpp"
#include "loadgen/check/presence_book.hpp"
#include "loadgen/habits/habit.hpp"
#include "loadgen/plan/contacts.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// How long somebody stays away or hidden at the most.
constexpr double away_longest = 60;
/// A watch that the server had no room for is asked again after this, or when the server says.
constexpr std::uint32_t watch_again_ms = 500;

Duration span_of(double seconds) {
    return Duration(static_cast<std::int64_t>(seconds * 1e9));
}

class Presences final : public Habit {
  public:
    explicit Presences(HabitHost& host)
        : host_(host),
          plan_(host.plan()),
          book_(host.checker().presence()),
          share_(judged_share(plan_)),
          devices_(host.slice().last_device - host.slice().first_device),
          users_(host.slice().last_user - host.slice().first_user) {
        for (std::uint32_t u = host.slice().first_user; u < host.slice().last_user; ++u)
            user(UserIndex{u}).watched = watched_by(plan_, UserIndex{u});
    }

    [[nodiscard]] std::string_view name() const override { return "presence"; }
    void load_begins(std::uint32_t phase, Time start, Duration length, Time now) override;
    void settle(Time now) override;
    void greeted(DeviceIndex device, Time now) override;
    void welcomed(DeviceIndex device, const Welcome& welcome, Time now) override;
    void went_live(DeviceIndex device, Time now) override;
    void ponged(DeviceIndex device, std::uint64_t word, Time now) override;
    void lost(DeviceIndex device, Time now) override;
    void farewell_heard(DeviceIndex device, Time now) override;
    void finish(Time now) override { book_.finish(now); }
    bool heard(DeviceIndex device, const ServerMessage& message, Time now) override;
    void answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) override;
    void due(const Deed& deed, Time now) override;

  private:
    enum What : std::uint32_t { ping, leave, come_back, watch_again };

    struct Device {
        std::uint64_t link = 0;  ///< counts them: what was planned for an older one is void
        RequestId first_watch = 0, last_watch = 0;  ///< the frames of the last asking
        std::uint32_t open_watches = 0;             ///< of them, not answered
        bool refused = false, watching = false;
        Time asked{};
        RequestId wish_id = 0;
        std::size_t wish = 0;
    };
    struct User {
        std::vector<UserIndex> watched;  ///< rising
        PresenceState wanted = PresenceState::online;
        std::uint32_t toggles = 0;  ///< of this load phase so far
    };

    [[nodiscard]] Device& at(DeviceIndex device) {
        return devices_[device.value - host_.slice().first_device];
    }
    [[nodiscard]] User& user(UserIndex user) { return users_[user.value - host_.slice().first_user]; }
    [[nodiscard]] bool takes_part(DeviceIndex device) const {
        return plan_.habits_of(plan_.user_of(device)).presence.has_value();
    }
    [[nodiscard]] double toggles_of(UserIndex who) const {
        const auto& presence = plan_.habits_of(who).presence;
        return presence ? presence->toggle : 0;
    }
    void plan_toggle(UserIndex who, Time from);
    void wish(UserIndex who, PresenceState state, Time now);
    void say_wish(DeviceIndex device, Time now);
    void watch(DeviceIndex device, Time now);
    void watch_answered(DeviceIndex device, const ServerMessage& message, Time now);
    void show_life(DeviceIndex device, Time now);

    HabitHost& host_;
    const Plan& plan_;
    PresenceBook& book_;
    const double share_;
    std::vector<Device> devices_;
    std::vector<User> users_;
    std::uint32_t phase_ = 0;
    Time load_ends_{};
};

// ---- links

void Presences::greeted(DeviceIndex device, Time now) {
    ++at(device).link;
    at(device).watching = false;
    at(device).open_watches = 0;
    book_.greeted(device, now);
}

void Presences::welcomed(DeviceIndex, const Welcome& welcome, Time) {
    const auto span = [](std::uint32_t ms, Duration otherwise) {
        return ms == 0 ? otherwise : Duration(std::chrono::milliseconds(ms));
    };
    book_.promised(span(welcome.beat_ms, limits::beat_interval), span(welcome.ttl_ms, limits::silence_max));
}

/// A server that died may have forgotten what it granted last: every link says it again.
void Presences::went_live(DeviceIndex device, Time now) {
    if (!takes_part(device)) return;
    const UserIndex who = plan_.user_of(device);
    if (device == plan_.device_of(who)) say_wish(device, now);
    watch(device, now);
    show_life(device, now);
}

void Presences::lost(DeviceIndex device, Time now) {
    book_.lost(device, host_.last_said(device), host_.parted(device), now);
}

void Presences::farewell_heard(DeviceIndex device, Time now) {
    book_.farewell_heard(device, now);
}

void Presences::ponged(DeviceIndex device, std::uint64_t word, Time now) {
    book_.ponged(device, word, now);
}

/// Pings take the place of beats: they are signs of life that are answered.
void Presences::show_life(DeviceIndex device, Time now) {
    if (!host_.live(device)) return;
    book_.pinged(device, host_.last_said(device), now);
    host_.ping(device, book_.micros(now), now);
    const Duration beat = host_.beat(device);
    // A little sooner than the beat that the client itself would show.
    if (beat > Duration{}) host_.plan_deed(*this, {now + beat - beat / 16, device, ping, at(device).link});
}

// ---- wishes

void Presences::load_begins(std::uint32_t phase, Time start, Duration length, Time now) {
    phase_ = phase;
    load_ends_ = start + length;
    for (std::uint32_t u = host_.slice().first_user; u < host_.slice().last_user; ++u) {
        if (toggles_of(UserIndex{u}) <= 0) continue;
        wish(UserIndex{u}, PresenceState::online, now);
        user(UserIndex{u}).toggles = 0;
        plan_toggle(UserIndex{u}, start);
    }
}

/// The load is over: nobody stays hidden.
void Presences::settle(Time now) {
    load_ends_ = now;
    for (std::uint32_t u = host_.slice().first_user; u < host_.slice().last_user; ++u)
        wish(UserIndex{u}, PresenceState::online, now);
}

void Presences::plan_toggle(UserIndex who, Time from) {
    const double rate = toggles_of(who);
    const double away = std::min(away_longest, 0.5 / rate);
    Random draw = Random(plan_.seed).child("presence").child(mix64(phase_, who.value, user(who).toggles));
    const Time leaves = from + span_of(draw.exponential(1 / rate - away));
    if (leaves >= load_ends_) return;
    host_.plan_deed(*this, {leaves, plan_.device_of(who), leave, phase_});
    host_.plan_deed(*this, {leaves + span_of(away), plan_.device_of(who), come_back, phase_});
}

void Presences::wish(UserIndex who, PresenceState state, Time now) {
    if (user(who).wanted == state) return;
    user(who).wanted = state;
    say_wish(plan_.device_of(who), now);
}

void Presences::say_wish(DeviceIndex device, Time now) {
    if (!host_.live(device)) return;  // it will say so when it is
    const UserIndex who = plan_.user_of(device);
    Device& own = at(device);
    own.wish_id = host_.request_id(*this);
    own.wish = book_.wished(who, user(who).wanted, now);
    host_.say(device, SetPresence{own.wish_id, user(who).wanted}, now);
}

// ---- watching

void Presences::watch(DeviceIndex device, Time now) {
    const std::vector<UserIndex>& watched = user(plan_.user_of(device)).watched;
    if (watched.empty() || !host_.live(device)) return;
    Device& own = at(device);
    own.asked = now;
    own.watching = true;
    own.refused = false;
    own.open_watches = 0;
    std::vector<std::string> names;
    for (const UserIndex other : watched) names.push_back(plan_.user_name(other));
    for (std::size_t first = 0; first < names.size(); first += limits::watched_per_frame_max) {
        const std::size_t last = std::min(names.size(), first + limits::watched_per_frame_max);
        Watch frame;
        frame.id = own.last_watch = host_.request_id(*this);
        if (first == 0) own.first_watch = frame.id;
        for (std::size_t n = first; n < last; ++n) frame.users.emplace_back(names[n]);
        ++own.open_watches;
        host_.say(device, frame, now);
    }
}

void Presences::watch_answered(DeviceIndex device, const ServerMessage& message, Time now) {
    Device& own = at(device);
    if (own.open_watches == 0) return;
    if (const auto* rejected = std::get_if<Rejected>(&message)) {
        host_.count_error("presence: watch refused, " + std::string(hubbub::name(rejected->code)));
        own.refused = true;
        if (rejected->code == ErrorCode::overloaded || rejected->code == ErrorCode::rate_limited)
            host_.plan_deed(
                *this, {now + std::chrono::milliseconds(std::max(rejected->retry_after_ms, watch_again_ms)),
                        device, watch_again, own.link});
    }
    if (--own.open_watches == 0 && !own.refused) book_.watching(device, own.asked, now);
}

bool Presences::heard(DeviceIndex device, const ServerMessage& message, Time now) {
    const auto* notice = std::get_if<PresenceNotice>(&message);
    if (notice == nullptr) return false;
    const auto who = plan_.user_from(notice->user);
    const std::vector<UserIndex>& watched = user(plan_.user_of(device)).watched;
    if (!who || !at(device).watching || !std::binary_search(watched.begin(), watched.end(), *who))
        book_.told_a_stranger(device, who, now);
    else if (judged_pair(plan_, share_, device, *who))
        book_.noticed(device, *who, notice->state, now);
    return true;
}

void Presences::answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) {
    Device& own = at(device);
    if (id >= own.first_watch && id <= own.last_watch) return watch_answered(device, message, now);
    if (id != own.wish_id) return;  // of an older link, or overtaken
    if (std::holds_alternative<Done>(message))
        book_.granted(plan_.user_of(device), own.wish, now);
    else
        host_.count_error("presence: a wish was refused");
}

void Presences::due(const Deed& deed, Time now) {
    const UserIndex who = plan_.user_of(deed.device);
    switch (static_cast<What>(deed.a)) {
        case ping:
            if (deed.b == at(deed.device).link) show_life(deed.device, now);
            return;
        case watch_again:
            if (deed.b == at(deed.device).link) watch(deed.device, now);
            return;
        case leave: {
            if (deed.b != phase_ || now >= load_ends_) return;
            const bool hides = mix64(plan_.seed ^ phase_, who.value, user(who).toggles) % 2 == 0;
            return wish(who, hides ? PresenceState::invisible : PresenceState::away, now);
        }
        case come_back:
            if (deed.b != phase_ || now >= load_ends_) return;
            wish(who, PresenceState::online, now);
            ++user(who).toggles;
            return plan_toggle(who, deed.at);
    }
}

}  // namespace

std::unique_ptr<Habit> make_presences(HabitHost& host) {
    if (!host.abilities().presence || !anybody_has(host.plan(), &Habits::presence)) return nullptr;
    return std::make_unique<Presences>(host);
}

}  // namespace hubbub
