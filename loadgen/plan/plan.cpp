#include "loadgen/plan/plan.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"

namespace hubbub {

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

std::uint32_t Plan::online_members(ConversationIndex c) const {
    const auto all = members_of(c);
    const auto end = std::lower_bound(all.begin(), all.end(), UserIndex{online_users});
    return static_cast<std::uint32_t>(end - all.begin());
}

std::string Plan::user_name(UserIndex u) const {
    return "u" + std::to_string(u.value);
}

std::string Plan::device_name(DeviceIndex) const {
    return "d0";
}

std::optional<UserIndex> Plan::user_from(std::string_view name) const {
    if (name.size() < 2 || name[0] != 'u' || (name[1] == '0' && name.size() > 2)) return std::nullopt;
    std::uint32_t value = 0;
    const char* end = name.data() + name.size();
    const auto [stopped, error] = std::from_chars(name.data() + 1, end, value);
    if (error != std::errc{} || stopped != end || value >= users) return std::nullopt;
    return UserIndex{value};
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
    return {first, last, first, last, stream_begin[first], stream_begin[last]};
}

std::optional<Duration> Plan::open_offset(UserIndex u) const {
    if (u.value >= online_users) return std::nullopt;
    double rate = 0;
    for (const Phase& phase : scenario->phases) {
        if (phase.kind == PhaseKind::connect) {
            rate = phase.connect_rate;
            break;
        }
    }
    if (rate <= 0) return Duration{};
    // Steps of about the golden ratio of all users: any run of neighbours, so every worker's slice, opens
    // evenly over the whole ramp.
    std::uint64_t step = static_cast<std::uint64_t>(online_users * 0.6180339887498949) | 1;
    while (std::gcd(step, std::uint64_t{online_users}) != 1) step += 2;
    const std::uint64_t rank = u.value * step % online_users;
    return Duration{std::llround(static_cast<double>(rank) * 1e9 / rate)};
}

}  // namespace hubbub
