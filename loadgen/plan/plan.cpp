#include "loadgen/plan/plan.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"
#include "loadgen/scenario/reused_setup.hpp"

namespace hubbub {
namespace {

/// "u17" -> 17; nothing for other letters, signs and leading zeros.
std::optional<std::uint32_t> index_in(std::string_view name, char letter) {
    if (name.size() < 2 || name[0] != letter || (name[1] == '0' && name.size() > 2)) return std::nullopt;
    std::uint32_t value = 0;
    const char* end = name.data() + name.size();
    const auto [stopped, error] = std::from_chars(name.data() + 1, end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

}  // namespace

std::span<const UserIndex> Plan::members_of(ConversationIndex c) const {
    const PlannedConversation& conversation = conversations[c.index()];
    return std::span(members).subspan(conversation.first_member, conversation.member_count);
}

std::span<const ConversationIndex> Plan::conversations_of(DeviceIndex d) const {
    const std::uint32_t begin = stream_begin[d.index()];
    return std::span(stream_conversation).subspan(begin, stream_begin[d.index() + 1] - begin);
}

std::optional<StreamIndex> Plan::stream_of(DeviceIndex d, ConversationIndex c) const {
    if (d.value >= devices) return std::nullopt;
    const auto own = conversations_of(d);
    const auto found = std::lower_bound(own.begin(), own.end(), c);
    if (found == own.end() || *found != c) return std::nullopt;
    return StreamIndex{stream_begin[d.index()] + static_cast<std::uint32_t>(found - own.begin())};
}

StreamIndex Plan::on_device(StreamIndex first, std::uint32_t n) const {
    const DeviceIndex device = stream_device[first.index()];
    const auto each = static_cast<std::uint32_t>(conversations_of(device).size());
    return StreamIndex{first.value + n * each};
}

std::uint32_t Plan::online_members(ConversationIndex c) const {
    return devices_in.empty() ? online_users_in(c) : devices_in[c.index()];
}

std::uint32_t Plan::online_users_in(ConversationIndex c) const {
    const auto all = members_of(c);
    const auto end = std::lower_bound(all.begin(), all.end(), UserIndex{online_users});
    return static_cast<std::uint32_t>(end - all.begin());
}

std::string Plan::user_name(UserIndex u) const {
    const auto& reused = scenario->target.reused;
    return reused ? reused->users[u.index()] : "u" + std::to_string(u.value);
}

std::string Plan::device_name(DeviceIndex d, std::uint32_t run) const {
    std::string name = "d" + std::to_string(d.value - device_of(user_of(d)).value);
    if (scenario->target.reused) name += "-" + std::to_string(run);
    return name;
}

std::optional<UserIndex> Plan::user_from(std::string_view name) const {
    if (const auto& reused = scenario->target.reused) {
        const auto known = reused->user_from(name);
        return known ? std::optional(UserIndex{*known}) : std::nullopt;
    }
    const auto index = index_in(name, 'u');
    return index && *index < users ? std::optional(UserIndex{*index}) : std::nullopt;
}

std::optional<DeviceIndex> Plan::device_from(UserIndex u, std::string_view name, std::uint32_t run) const {
    if (scenario->target.reused) {
        const std::string tag = "-" + std::to_string(run);
        if (!name.ends_with(tag)) return std::nullopt;
        name.remove_suffix(tag.size());
    }
    const auto index = index_in(name, 'd');
    return index && *index < devices_of(u) ? std::optional(DeviceIndex{device_of(u).value + *index})
                                           : std::nullopt;
}

std::string Plan::label(DeviceIndex d) const {
    const std::string user = user_name(user_of(d));
    return device_begin.empty() ? user : user + "/d" + std::to_string(d.value - device_of(user_of(d)).value);
}

const ReconnectPolicy& Plan::reconnect(UserIndex u) const {
    static constexpr ReconnectPolicy ordinary;
    return cohort.empty() ? ordinary : scenario->population.cohorts[cohort[u.index()]].reconnect;
}

std::string Plan::create_key(ConversationIndex c, std::uint32_t run) const {
    return scenario->text_hash + "-" + std::to_string(seed) + "-" + std::to_string(run) + "-" +
           std::to_string(c.value);
}

Slice Plan::slice(std::uint32_t worker, std::uint32_t workers) const {
    HUBBUB_ASSERT(worker < workers, "a worker is one of the workers");
    const auto border = [&](std::uint64_t w) {
        return static_cast<std::uint32_t>(w * online_users / workers);
    };
    const std::uint32_t first = border(worker);
    const std::uint32_t last = border(std::uint64_t{worker} + 1);
    // A user without devices after the last: the border of the devices is where its first would be.
    const auto device_border = [&](std::uint32_t user) {
        return device_begin.empty() ? user : device_begin[user];
    };
    const std::uint32_t first_device = device_border(first);
    const std::uint32_t last_device = device_border(last);
    return {first, last, first_device, last_device, stream_begin[first_device], stream_begin[last_device]};
}

const Habits& Plan::habits_of(UserIndex u) const {
    const std::uint16_t part = part_of[u.index()];
    return part == no_part ? habits.back() : habits[part];
}

std::optional<Duration> Plan::open_offset(DeviceIndex d) const {
    if (!online(d)) return std::nullopt;
    double rate = 0;
    for (const Phase& phase : scenario->phases) {
        if (phase.kind == PhaseKind::connect) {
            rate = phase.connect_rate;
            break;
        }
    }
    if (rate <= 0) return Duration{};
    // Steps of about the golden ratio of all devices: any run of neighbours, so every worker's slice, opens
    // evenly over the whole ramp.
    std::uint64_t step = static_cast<std::uint64_t>(online_devices * 0.6180339887498949) | 1;
    while (std::gcd(step, std::uint64_t{online_devices}) != 1) step += 2;
    const std::uint64_t rank = d.value * step % online_devices;
    return Duration{std::llround(static_cast<double>(rank) * 1e9 / rate)};
}

}  // namespace hubbub
