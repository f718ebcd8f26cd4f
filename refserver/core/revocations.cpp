#include "refserver/core/revocations.hpp"

#include <algorithm>

#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"

namespace hubbub {

bool covers(const Revocation& revocation, std::string_view user, const Credentials& credentials) {
    if (!revocation.id.empty()) return credentials.id == revocation.id;
    return user == revocation.user && credentials.issued <= revocation.issued_until;
}

bool Revocations::add(const Revocation& revocation, Time now, Time forget_at) {
    if (size() >= limits::revocations_max) forget_old(now);
    if (!revocation.id.empty()) {
        const auto known = ids_.find(revocation.id);
        if (known == ids_.end() && size() >= limits::revocations_max) return false;
        Time& until = known == ids_.end() ? ids_[revocation.id] : known->second;
        until = std::max(until, forget_at);
        return true;
    }
    const auto known = users_.find(revocation.user);
    if (known == users_.end() && size() >= limits::revocations_max) return false;
    User& user = known == users_.end() ? users_[revocation.user] : known->second;
    // A later revocation never shortens what an earlier one covers.
    user.issued_until = std::max(user.issued_until, revocation.issued_until);
    user.forget_at = std::max(user.forget_at, forget_at);
    return true;
}

bool Revocations::covers(std::string_view user, const Credentials& credentials) const {
    if (!credentials.id.empty() && ids_.contains(credentials.id)) return true;
    const auto found = users_.find(user);
    return found != users_.end() && credentials.issued <= found->second.issued_until;
}

void Revocations::forget_old(Time now) {
    std::erase_if(ids_, [now](const auto& one) { return one.second <= now; });
    std::erase_if(users_, [now](const auto& one) { return one.second.forget_at <= now; });
}

}  // namespace hubbub
