#include "loadgen/check/presence_book.hpp"

#include <algorithm>

namespace hubbub {
namespace {

constexpr std::uint64_t open = DeviceLife::open;

template <class Span>
void end_last(std::vector<Span>& spans, std::uint64_t at) {
    if (!spans.empty() && spans.back().until == open) spans.back().until = at;
}

}  // namespace

bool DeviceLife::prompt_at(std::uint64_t at) const {
    return prompt_from(at) == at;
}

std::uint64_t DeviceLife::prompt_from(std::uint64_t at) const {
    const auto row = std::lower_bound(prompt.begin(), prompt.end(), at,
                                      [](const Prompt& one, std::uint64_t t) { return one.until < t; });
    return row == prompt.end() ? open : std::max(at, row->from);
}

std::uint64_t PresenceBook::micros(Time at) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(to_micros(at - epoch_), 0));
}

DeviceLife& PresenceBook::life(DeviceIndex device) {
    if (lives_.empty()) lives_.resize(slice_.last_device - slice_.first_device);
    return lives_[device.value - slice_.first_device];
}

void PresenceBook::promised(Duration beat, Duration ttl) {
    promise_ = {static_cast<std::uint64_t>(to_micros(beat)), static_cast<std::uint64_t>(to_micros(ttl))};
}

void PresenceBook::greeted(DeviceIndex device, Time now) {
    DeviceLife& one = life(device);
    const std::uint64_t at = micros(now);
    end_last(one.quiet, at);
    end_last(one.left, at);
    one.hello = at;
    one.first_pong = one.proven_said = open;
}

void PresenceBook::pinged(DeviceIndex device, Time last_said, Time now) {
    DeviceLife& one = life(device);
    const std::uint64_t at = micros(now);
    // A device that shows life less often than it should: it was quiet until now.
    if (one.proven_said == micros(last_said) && at > one.proven_heard + 2 * promise_.beat)
        one.quiet.push_back({one.proven_said, one.proven_heard, at});
}

void PresenceBook::ponged(DeviceIndex device, std::uint64_t word, Time now) {
    DeviceLife& one = life(device);
    const std::uint64_t at = micros(now);
    if (one.hello == open || word < one.hello || word > at) return;  // no word of this link's
    one.proven_said = word;
    one.proven_heard = at;
    const bool goes_on = one.first_pong != open && word <= one.last_ping + promise_.beat;
    const bool prompt = at - word <= promise_.beat / 2;
    if (!prompt || !goes_on) end_row(one);
    if (!prompt) return;
    if (one.first_pong == open) one.first_pong = at;
    one.last_ping = word;
}

void PresenceBook::end_row(DeviceLife& one) {
    if (one.first_pong < one.last_ping) one.prompt.push_back({one.first_pong, one.last_ping, one.hello});
    one.first_pong = open;
}

void PresenceBook::lost(DeviceIndex device, Time last_said, bool left, Time now) {
    DeviceLife& one = life(device);
    const std::uint64_t at = micros(now);
    end_row(one);
    end_last(one.watched, at);
    if (left)
        one.left.push_back({at, open, open});
    else if (one.proven_said == micros(last_said))
        one.quiet.push_back({one.proven_said, one.proven_heard, open});
    one.hello = open;
}

void PresenceBook::farewell_heard(DeviceIndex device, Time now) {
    DeviceLife& one = life(device);
    const std::uint64_t at = micros(now);
    if (one.left.empty() || one.left.back().until != open || one.left.back().heard != open) return;
    // Later than that the end was forced: it proves nothing.
    if (at - one.left.back().at <= promise_.beat / 2) one.left.back().heard = at;
}

std::size_t PresenceBook::wished(UserIndex user, PresenceState state, Time now) {
    if (wishes_.empty()) wishes_.resize(slice_.last_user - slice_.first_user);
    auto& wishes = wishes_[user.value - slice_.first_user];
    wishes.push_back({micros(now), open, state});
    return wishes.size() - 1;
}

void PresenceBook::granted(UserIndex user, std::size_t wish, Time now) {
    wishes_[user.value - slice_.first_user][wish].granted = micros(now);
}

void PresenceBook::watching(DeviceIndex device, Time asked, Time now) {
    life(device).watched.push_back({micros(asked), micros(now), open});
}

void PresenceBook::noticed(DeviceIndex watcher, UserIndex user, PresenceState state, Time now) {
    if (notes_.size() >= notes_max) {
        full_at_ = std::min(full_at_, micros(now));
        return;
    }
    notes_.push_back({micros(now), watcher, user, state});
}

void PresenceBook::told_a_stranger(DeviceIndex watcher, std::optional<UserIndex> user, Time now) {
    ++strangers_;
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.receiver = watcher.value;
    if (user) raw.sender = plan_.device_of(*user).value;
    raw.why = "was told of somebody whom it does not watch";
    evidence_.note("presence", raw);
}

void PresenceBook::finish(Time now) {
    ended_at_ = micros(now);
    for (DeviceLife& one : lives_) {
        end_row(one);
        end_last(one.watched, ended_at_);
        end_last(one.quiet, ended_at_);
        end_last(one.left, ended_at_);
    }
}

const DeviceLife* PresenceBook::life_of(DeviceIndex device) const {
    return lives_.empty() ? nullptr : &lives_[device.value - slice_.first_device];
}

std::span<const PresenceWish> PresenceBook::wishes_of(UserIndex user) const {
    if (wishes_.empty()) return {};
    return wishes_[user.value - slice_.first_user];
}

}  // namespace hubbub
