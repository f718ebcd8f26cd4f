#include "refserver/core/device_registry.hpp"

#include <utility>

#include "refserver/core/switchboard.hpp"

namespace hubbub {

void DeviceRegistry::claim(const ClaimMail& mail) {
    join_names(key_, mail.user, mail.device);
    const auto [place, fresh] = claims_.try_emplace(key_, Claim{mail.session, mail.at});
    if (fresh) return count(mail);
    if (place->second.session == mail.session) return;
    Claim loser{mail.session, mail.at};
    if (mail.at >= place->second.at) std::swap(loser, place->second);
    context_.counters.replaced.add();
    switchboard_.post(loser.session.shard, ReplacedMail{loser.session});
}

void DeviceRegistry::release(const ReleaseMail& mail) {
    join_names(key_, mail.user, mail.device);
    const auto found = claims_.find(key_);
    if (found == claims_.end() || found->second.session != mail.session) return;
    claims_.erase(found);
    forget_one(mail.user);
}

/// Of a new device. The newest is sent away: those who are here keep what they have.
void DeviceRegistry::count(const ClaimMail& mail) {
    const std::uint32_t most = context_.options.limits.user_connections_max;
    if (most == 0) return;
    if (++devices_[mail.user] <= most) return;
    claims_.erase(claims_.find(std::string_view(key_)));
    forget_one(mail.user);
    switchboard_.post(mail.session.shard, ReplacedMail{mail.session, ErrorCode::rate_limited});
}

void DeviceRegistry::forget_one(const std::string& user) {
    const auto found = devices_.find(user);
    if (found != devices_.end() && --found->second == 0) devices_.erase(found);
}

}  // namespace hubbub
