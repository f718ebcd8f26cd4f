// Who exists, who talks to whom, and what happens when: everything a run will do, computed from scenario +
// seed alone. Immutable after make_plan(); shared by all worker threads by const reference.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "loadgen/scenario/scenario.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

struct PlannedConversation {
    ConversationClass kind = ConversationClass::direct;
    std::uint32_t topology_row = 0;                    ///< which entry of `topology:` it came from
    std::uint32_t first_member = 0, member_count = 0;  ///< range in Plan::members
};

/// One intended send. Times are offsets from the start of its phase.
struct Arrival {
    Duration offset{};
    std::uint64_t serial =
        0;  ///< counts the arrivals of the phase's stream, from 0; every draw of this message hangs on it
    StreamIndex stream;  ///< the sending device's membership: device and conversation in one
    std::uint32_t body_bytes = 0;
};

/// A contiguous share of the users, and with them of devices and streams: what one worker plays.
struct Slice {
    std::uint32_t first_user = 0, last_user = 0;  ///< [first, last)
    std::uint32_t first_device = 0, last_device = 0;
    std::uint32_t first_stream = 0, last_stream = 0;
};

class SenderTable;
class SessionTable;
class ChurnTable;

class Plan {
  public:
    std::shared_ptr<const Scenario> scenario;
    std::uint64_t seed = 0;

    std::vector<PlannedConversation> conversations;
    std::vector<UserIndex> members;  ///< of all conversations, sorted by user within each
    std::uint32_t users = 0, devices = 0;
    std::uint32_t online_users = 0;    ///< users [0, online_users) open sessions; the rest are members only
    std::uint32_t online_devices = 0;  ///< devices [0, online_devices): all of the online users'
    // Empty when every user has one device, and device d is user d.
    std::vector<std::uint32_t> device_begin;  ///< devices of user u: [device_begin[u], device_begin[u + 1])
    std::vector<UserIndex> device_user;       ///< by device
    std::vector<std::uint32_t> devices_in;    ///< online devices that are members, by conversation
    /// The disjoint behavior (share < 1) of each online user, no_part: none of them.
    std::vector<std::uint16_t> part_of;
    static constexpr std::uint16_t no_part = UINT16_MAX;
    std::vector<std::uint8_t> cohort;  ///< by user: index in population.cohorts; empty: none
    // Streams of a device: [stream_begin[d], stream_begin[d + 1]), sorted by conversation.
    std::vector<std::uint32_t> stream_begin;
    std::vector<ConversationIndex> stream_conversation;
    std::vector<DeviceIndex> stream_device;
    /// Who may send where, by behavior and class; what Arrivals draws from.
    std::shared_ptr<const SenderTable> senders;
    std::shared_ptr<const SessionTable> sessions;  ///< when devices are planned offline
    std::shared_ptr<const ChurnTable> churn;       ///< which memberships end and begin again
    std::vector<Habits> habits;  ///< by behavior; last: of users without a behavior of their own

    [[nodiscard]] std::span<const UserIndex> members_of(ConversationIndex c) const;
    [[nodiscard]] std::span<const ConversationIndex> conversations_of(DeviceIndex d) const;
    /// The stream of (device, conversation); nothing when the device is no member.
    [[nodiscard]] std::optional<StreamIndex> stream_of(DeviceIndex d, ConversationIndex c) const;
    [[nodiscard]] UserIndex user_of(DeviceIndex d) const {
        return device_user.empty() ? UserIndex{d.value} : device_user[d.index()];
    }
    /// The user's first device; its others follow.
    [[nodiscard]] DeviceIndex device_of(UserIndex u) const {
        return DeviceIndex{device_begin.empty() ? u.value : device_begin[u.index()]};
    }
    [[nodiscard]] std::uint32_t devices_of(UserIndex u) const {
        return device_begin.empty() ? 1 : device_begin[u.index() + 1] - device_begin[u.index()];
    }
    /// The stream of the same conversation on the n-th device of the user whose first device has `first`: all
    /// devices of a user have the same conversations.
    [[nodiscard]] StreamIndex on_device(StreamIndex first, std::uint32_t n) const;
    [[nodiscard]] bool online(DeviceIndex d) const { return d.value < online_devices; }
    /// Users planned online that are members of c: the first of members_of(c).
    [[nodiscard]] std::uint32_t online_users_in(ConversationIndex c) const;
    /// Devices planned online that are members of c (the sender included, when it is).
    [[nodiscard]] std::uint32_t online_members(ConversationIndex c) const;
    [[nodiscard]] std::string user_name(UserIndex u) const;  // "u17", or as the reused file says
    /// "d0", the user's next "d1". Where conversations are reused the run is part of it: what the target
    /// keeps of a device, the numbers of its sends above all, is another run's.
    [[nodiscard]] std::string device_name(DeviceIndex d, std::uint32_t run) const;
    /// The device of that name; nothing when the user has none.
    [[nodiscard]] std::optional<DeviceIndex> device_from(UserIndex u, std::string_view name,
                                                         std::uint32_t run) const;
    /// Who it is, for people: "u17", and "u17/d1" where users have several devices.
    [[nodiscard]] std::string label(DeviceIndex d) const;
    [[nodiscard]] const ReconnectPolicy& reconnect(UserIndex u) const;
    /// Index in population.cohorts, of the user of a device; nothing in a scenario without cohorts.
    [[nodiscard]] std::optional<std::uint8_t> cohort_of(DeviceIndex d) const {
        return cohort.empty() ? std::nullopt : std::optional(cohort[user_of(d).index()]);
    }
    /// What an online user does besides sending: his own behavior's habits, then those of everybody.
    [[nodiscard]] const Habits& habits_of(UserIndex u) const;
    /// Index out of a name made by user_name(); nothing for strangers' names.
    [[nodiscard]] std::optional<UserIndex> user_from(std::string_view name) const;
    /// Idempotency key of a conversation's create: the same in every worker, different in every (scenario,
    /// seed, run).
    [[nodiscard]] std::string create_key(ConversationIndex c, std::uint32_t run) const;
    /// Worker w of n plays this share of the online users.
    [[nodiscard]] Slice slice(std::uint32_t worker, std::uint32_t workers) const;
    /// When a device opens its session, from the start of the connect phase; nothing for users that stay
    /// offline.
    [[nodiscard]] std::optional<Duration> open_offset(UserIndex u) const { return open_offset(device_of(u)); }
    [[nodiscard]] std::optional<Duration> open_offset(DeviceIndex d) const;
};

/// Computes the plan; errors name the scenario line that cannot be fulfilled.
Result<std::shared_ptr<const Plan>> make_plan(std::shared_ptr<const Scenario> scenario);

/// The intended sends of one phase in rising time, all users' (a worker skips the ones that are not its own):
/// the same for everybody.
class Arrivals {
  public:
    Arrivals(const Plan& plan, std::uint32_t phase);
    ~Arrivals();
    Arrivals(Arrivals&&) noexcept;
    Arrivals& operator=(Arrivals&&) noexcept;
    /// The next arrival; nothing after the phase's last.
    std::optional<Arrival> next();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
