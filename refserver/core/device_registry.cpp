#include "refserver/core/device_registry.hpp"

#include <utility>

#include "refserver/core/switchboard.hpp"

namespace hubbub {

void DeviceRegistry::claim(const ClaimMail& mail) {
    join_names(key_, mail.user, mail.device);
    const auto [place, fresh] = claims_.try_emplace(key_, Claim{mail.session, mail.at});
    if (fresh || place->second.session == mail.session) return;
    Claim loser{mail.session, mail.at};
    if (mail.at >= place->second.at) std::swap(loser, place->second);
    context_.counters.replaced.add();
    switchboard_.post(loser.session.shard, ReplacedMail{loser.session});
}

void DeviceRegistry::release(const ReleaseMail& mail) {
    join_names(key_, mail.user, mail.device);
    const auto found = claims_.find(key_);
    if (found != claims_.end() && found->second.session == mail.session) claims_.erase(found);
}

}  // namespace hubbub
