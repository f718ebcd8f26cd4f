#include "refserver/core/device_registry.hpp"

#include "refserver/core/switchboard.hpp"

namespace hubbub {

void DeviceRegistry::claim(const ClaimMail& mail) {
    join_names(key_, mail.user, mail.device);
    const auto [place, fresh] = sessions_.try_emplace(key_, mail.session);
    if (fresh || place->second == mail.session) return;
    const SessionRef before = place->second;
    place->second = mail.session;
    context_.counters.replaced.add();
    switchboard_.post(before.shard, ReplacedMail{before});
}

void DeviceRegistry::release(const ReleaseMail& mail) {
    join_names(key_, mail.user, mail.device);
    const auto found = sessions_.find(key_);
    if (found != sessions_.end() && found->second == mail.session) sessions_.erase(found);
}

}  // namespace hubbub
