// User and device names as small numbers, and hashing of names without copies.
// Owned by one shard's owner side; its thread only. Numbers follow the order of first sight; never shown.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"

namespace hubbub {

/// The same for everyone, for ever: homes and keys are chosen by it.
constexpr std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0) {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return mix64(hash);
}

struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return stable_hash(text); }
};
struct NameEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept { return a == b; }
};
template <class Value>
using NameMap = std::unordered_map<std::string, Value, NameHash, NameEqual>;

/// A user's device as a key of one string, since names hold no NUL.
inline void join_names(std::string& out, std::string_view user, std::string_view device) {
    out.assign(user);
    out.push_back('\0');
    out.append(device);
}

using UserSlot = StrongId<struct UserSlotTag, std::uint32_t>;
using DeviceSlot = StrongId<struct DeviceSlotTag, std::uint32_t>;

class Names {
  public:
    [[nodiscard]] std::optional<UserSlot> find_user(std::string_view user) const {
        const auto found = users_.find(user);
        if (found == users_.end()) return std::nullopt;
        return found->second;
    }
    UserSlot user(std::string_view user) {
        const auto found = users_.find(user);
        if (found != users_.end()) return found->second;
        const UserSlot slot(static_cast<std::uint32_t>(user_names_.size()));
        user_names_.push_back(&users_.emplace(user, slot).first->first);
        return slot;
    }
    [[nodiscard]] std::string_view name(UserSlot slot) const { return *user_names_[slot.index()]; }

    DeviceSlot device(UserSlot user, std::string_view device) {
        join_names(scratch_, name(user), device);
        const auto found = devices_.find(std::string_view(scratch_));
        if (found != devices_.end()) return found->second;
        const DeviceSlot slot(static_cast<std::uint32_t>(device_names_.size()));
        const auto& key = devices_.emplace(scratch_, slot).first->first;
        device_names_.push_back({user, std::string_view(key).substr(key.size() - device.size())});
        return slot;
    }
    [[nodiscard]] UserSlot user_of(DeviceSlot slot) const { return device_names_[slot.index()].user; }
    [[nodiscard]] std::string_view name(DeviceSlot slot) const { return device_names_[slot.index()].device; }

  private:
    struct Device {
        UserSlot user;
        std::string_view device;  // into the map's key, which stays where it is
    };
    NameMap<UserSlot> users_;
    NameMap<DeviceSlot> devices_;
    std::vector<const std::string*> user_names_;
    std::vector<Device> device_names_;
    std::string scratch_;
};

}  // namespace hubbub
