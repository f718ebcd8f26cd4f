#include "refserver/core/device_registry.hpp"

#include <algorithm>
#include <utility>

#include "refserver/core/switchboard.hpp"

namespace hubbub {

std::vector<DeviceRegistry::Claim>::iterator DeviceRegistry::find(std::vector<Claim>& claims,
                                                                  std::string_view device) {
    return std::find_if(claims.begin(), claims.end(),
                        [&](const Claim& claim) { return claim.device == device; });
}

void DeviceRegistry::claim(const ClaimMail& mail) {
    auto& claims = claims_[mail.user];
    const auto place = find(claims, mail.device);
    Claim fresh{mail.device, mail.session, mail.at};
    if (place == claims.end()) {
        const std::uint32_t most = context_.options.limits.user_connections_max;
        // The newest is sent away: those who are here keep what they have.
        if (most != 0 && claims.size() >= most) {
            switchboard_.post(mail.session.shard, ReplacedMail{mail.session, ErrorCode::rate_limited});
        } else {
            claims.push_back(std::move(fresh));
        }
        return;
    }
    if (place->session == mail.session) return;
    if (mail.at >= place->at) std::swap(fresh, *place);
    context_.counters.replaced.add();
    switchboard_.post(fresh.session.shard, ReplacedMail{fresh.session});
}

void DeviceRegistry::release(const ReleaseMail& mail) {
    const auto found = claims_.find(mail.user);
    if (found == claims_.end()) return;
    const auto place = find(found->second, mail.device);
    if (place == found->second.end() || !(place->session == mail.session)) return;
    found->second.erase(place);
    if (found->second.empty()) claims_.erase(found);
}

void DeviceRegistry::introduce(const IntroduceMail& mail) {
    for (const std::string& user : mail.users) {
        const auto found = claims_.find(user);
        if (found == claims_.end()) continue;
        for (const Claim& claim : found->second)
            switchboard_.post(claim.session.shard, NudgeMail{claim.session, mail.conversation, mail.joined});
    }
}

void DeviceRegistry::sessions(const SessionsMail& mail) {
    const auto found = claims_.find(mail.user);
    static const std::vector<Claim> none;
    const auto& claims = found == claims_.end() ? none : found->second;
    if (mail.revoke.empty()) {
        context_.counters.lists.add();
        SessionList list{mail.id, {}};
        for (const Claim& claim : claims) {
            const Duration age = std::max(context_.now - claim.at, Duration{});
            list.items.push_back({claim.device, static_cast<std::uint64_t>(to_micros(age) / 1000)});
        }
        std::sort(list.items.begin(), list.items.end(),
                  [](const ListedSession& a, const ListedSession& b) { return a.device < b.device; });
        return answer(mail.session, list);
    }
    const auto place = std::find_if(claims.begin(), claims.end(),
                                    [&](const Claim& claim) { return claim.device == mail.revoke; });
    if (place == claims.end()) {
        context_.counters.reject(ErrorCode::forbidden);
        return answer(mail.session, Rejected{.code = ErrorCode::forbidden, .id = mail.id});
    }
    context_.counters.revoked.add();
    const SessionRef ended = place->session;
    answer(mail.session, Done{mail.id, 0});  // first: it may be the asker's own
    switchboard_.post(ended.shard, ReplacedMail{ended, ErrorCode::revoked});
}

void DeviceRegistry::answer(const SessionRef& session, const ServerMessage& message) {
    switchboard_.answer({session, context_.frame_of(message), {}, 0});
}

}  // namespace hubbub
