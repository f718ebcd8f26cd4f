#include "refserver/core/presence_home.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {
namespace {

/// The better one is how a user with both is seen.
int rank(PresenceState state) {
    switch (state) {
        case PresenceState::online:
            return 2;
        case PresenceState::away:
            return 1;
        case PresenceState::offline:
        case PresenceState::invisible:
            return 0;
    }
    return 0;
}

}  // namespace

PresenceHome::PresenceHome(ShardContext& context, Switchboard& switchboard)
    : context_(context), switchboard_(switchboard), news_(context.options.shards) {}

PresenceHome::~PresenceHome() {
    for (auto& [name, user] : users_) wheel_.cancel(user);  // in any order: nothing hears of it
}

PresenceHome::User& PresenceHome::user(std::string_view name) {
    if (const auto found = users_.find(name); found != users_.end()) return found->second;
    const auto place = users_.try_emplace(std::string(name)).first;
    place->second.name = &place->first;
    load(place->second);
    return place->second;
}

void PresenceHome::load(User& user) {
    const auto stored = context_.store.get(keys::presence(*user.name));
    if (stored.has_error() || !*stored) {
        if (stored.has_error()) context_.counters.store_failures.add();
        return;
    }
    const auto record = decode_presence_record(**stored);
    if (record.has_error()) {
        context_.counters.store_failures.add();
        context_.log.error(record.error().message);
        return;
    }
    user.wanted = record->wanted;
    user.seen_us = user.saved_us = record->seen_us;
}

// ---- devices

void PresenceHome::take(const DeviceLifeMail& mail) {
    User& them = user(mail.user);
    const auto known = std::find_if(them.devices.begin(), them.devices.end(),
                                    [&](const Device& device) { return device.name == mail.device; });
    if (known == them.devices.end()) {
        if (mail.life != Liveness::here) return rearm(them);
    } else if (known->session != mail.session) {
        // The device has another session, and this word is about the older of the two.
        if (mail.life != Liveness::here || known->hello > mail.hello) return;
    }
    note_seen(them, mail.heard);
    if (them.look_at == never) them.look_at = context_.now + limits::last_seen_loss_max;
    if (mail.life == Liveness::gone) {
        if (known != them.devices.end()) them.devices.erase(known);
    } else {
        const Device device{mail.device, mail.session, mail.life, mail.hello, mail.heard};
        if (known != them.devices.end()) {
            *known = device;
        } else {
            them.devices.push_back(device);
        }
    }
    // A farewell waits: who only reloads a page never left. Silence has waited long enough.
    const bool farewell = mail.life == Liveness::gone && context_.now - mail.heard < context_.options.beat;
    changed(them, farewell ? limits::presence_debounce : Duration{0});
}

PresenceState PresenceHome::state_of(const Device& device) const {
    const Duration silence = context_.now - device.heard;
    switch (device.life) {
        case Liveness::here:
            return PresenceState::online;
        case Liveness::away:
            return PresenceState::away;
        case Liveness::lost:
            return silence >= context_.options.silence    ? PresenceState::offline
                   : silence >= 2 * context_.options.beat ? PresenceState::away
                                                          : PresenceState::online;
        case Liveness::gone:
            return PresenceState::offline;
    }
    return PresenceState::offline;
}

PresenceState PresenceHome::state_of(const User& them) const {
    if (them.wanted == PresenceState::invisible) return PresenceState::offline;
    PresenceState best = PresenceState::offline;
    for (const Device& device : them.devices)
        if (rank(state_of(device)) > rank(best)) best = state_of(device);
    if (best == PresenceState::online && them.wanted == PresenceState::away) return PresenceState::away;
    return best;
}

std::uint64_t PresenceHome::wall_us(Time at) const {
    return static_cast<std::uint64_t>(to_micros(at.time_since_epoch() + context_.options.since_1970));
}

void PresenceHome::note_seen(User& them, Time at) {
    if (them.wanted == PresenceState::invisible) return;  // nobody learns when it was here
    them.seen_us = std::max(them.seen_us, wall_us(at));
    // Not with every sign of life: what a crash forgets is bounded, and a record a beat would cost more.
    constexpr auto bound = static_cast<std::uint64_t>(Duration(limits::last_seen_loss_max).count() / 1000);
    if (them.seen_us - them.saved_us >= bound) save(them);
}

void PresenceHome::take(const SetPresenceMail& mail) {
    User& them = user(mail.user);
    note_seen(them, context_.now);
    them.wanted = mail.state;
    save(them);
    switchboard_.answer({mail.session, context_.frame_of(Done{mail.id, 0}), {}, 0});
    changed(them, Duration{0});
}

// ---- telling

void PresenceHome::changed(User& them, Duration hold) {
    if (state_of(them) == them.told) {
        them.tell_at = never;
    } else {
        const Time soonest = std::max(context_.now + hold, them.told_at + limits::presence_debounce);
        them.tell_at = std::min(them.tell_at, soonest);
        if (them.tell_at <= context_.now) tell(them);
    }
    rearm(them);
}

void PresenceHome::tell(User& them) {
    them.tell_at = never;
    them.told = state_of(them);
    if (them.told == PresenceState::offline) save(them);
    if (them.watchers.empty()) return;
    them.told_at = context_.now;
    context_.counters.presence_changes.add();
    const SharedBytes frame = notice(them, them.told);
    std::vector<PresenceNewsMail::News*> to_shard(news_.size(), nullptr);
    for (const Watcher& watcher : them.watchers) {
        if (watcher.blind) continue;
        PresenceNewsMail::News*& news = to_shard[watcher.session.shard.index()];
        if (!news)
            news = &news_[watcher.session.shard.index()].news.emplace_back(
                PresenceNewsMail::News{std::string(frame.view()), {}});
        news->to.push_back(watcher.session.link);
    }
}

SharedBytes PresenceHome::notice(const User& them, PresenceState state) {
    const std::uint64_t now_us = wall_us(context_.now);
    const bool ago = state != PresenceState::online && them.seen_us != 0 && them.seen_us < now_us;
    // At least 1 ms, since 0 says something else.
    const std::uint64_t last_seen = ago ? std::max<std::uint64_t>((now_us - them.seen_us) / 1000, 1) : 0;
    return context_.frame_of(PresenceNotice{*them.name, state, last_seen});
}

/// A change that waited, and devices whose silence has come of age.
void PresenceHome::due(User& them) {
    std::erase_if(them.devices, [this](const Device& device) {
        return device.life == Liveness::lost && state_of(device) == PresenceState::offline;
    });
    if (them.look_at <= context_.now) {
        them.look_at = them.devices.empty() ? never : context_.now + limits::last_seen_loss_max;
        const bool here = std::any_of(them.devices.begin(), them.devices.end(),
                                      [](const Device& device) { return device.life == Liveness::here; });
        if (here) note_seen(them, context_.now);
    }
    if (them.tell_at <= context_.now) {
        if (state_of(them) != them.told) tell(them);
        them.tell_at = never;
    }
    if (them.devices.empty() && them.watchers.empty() && !them.unsaved && them.told == state_of(them) &&
        them.keep_until <= context_.now) {
        users_.erase(users_.find(std::string_view(*them.name)));
        return;
    }
    changed(them, Duration{0});
}

void PresenceHome::rearm(User& them) {
    Time next = them.devices.empty() ? them.tell_at : std::min(them.tell_at, them.look_at);
    for (const Device& device : them.devices) {
        if (device.life != Liveness::lost) continue;
        const Time away = device.heard + 2 * context_.options.beat;
        next = std::min(next, away > context_.now ? away : device.heard + context_.options.silence);
    }
    if (them.devices.empty() && them.watchers.empty() && !them.unsaved && them.tell_at == never)
        next = std::min(next, them.keep_until);
    if (next == never) {
        wheel_.cancel(them);
    } else {
        wheel_.arm(them, next);
    }
}

// ---- what the store keeps

void PresenceHome::save(User& them) {
    if (them.unsaved) return;
    them.unsaved = true;
    if (unsaved_.empty()) save_at_ = context_.now + limits::presence_save_delay;
    unsaved_.push_back(&them);
}

void PresenceHome::save_all(WriteBatch& writes) {
    // A slice a turn: after a drain thousands are due together.
    for (std::size_t n = 0; n < context_.options.fanout_slice && !unsaved_.empty(); ++n) {
        User& them = *unsaved_.front();
        unsaved_.pop_front();
        them.unsaved = false;
        them.saved_us = them.seen_us;
        them.keep_until = context_.now + limits::presence_keep;
        writes.put(keys::presence(*them.name), encode(PresenceRecord{them.wanted, them.seen_us}));
        rearm(them);
    }
    save_at_ = unsaved_.empty() ? never : context_.now;
}

void PresenceHome::turn(WriteBatch* writes) {
    wheel_.advance(context_.now, [this](TimerNode& node) { due(static_cast<User&>(node)); });
    if (save_at_ <= context_.now) {
        if (writes) {
            save_all(*writes);
        } else {
            save_at_ = context_.now + limits::presence_save_delay;
        }
    }
    for (std::size_t shard = 0; shard < news_.size(); ++shard) {
        if (news_[shard].news.empty()) continue;
        switchboard_.post(ShardId(static_cast<std::uint32_t>(shard)), std::move(news_[shard]));
        news_[shard] = {};
    }
}

Time PresenceHome::next_deadline() const {
    return std::min(wheel_.next_deadline(), save_at_);
}

}  // namespace hubbub
