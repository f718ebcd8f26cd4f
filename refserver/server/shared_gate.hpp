// The one gate that all shards' connects pass. A connect costs a hundred times as much as its lock.
// Owned by the Server; any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "refserver/core/connect_gate.hpp"
#include "transport/http.hpp"

namespace hubbub {

class SharedGate {
  public:
    /// Null when nothing about connects is limited.
    static std::unique_ptr<SharedGate> make(const ServerLimits& limits) {
        if (!limits.address_connects.limited() && !limits.connects.limited() && limits.connections_max == 0)
            return nullptr;
        return std::make_unique<SharedGate>(limits);
    }
    explicit SharedGate(const ServerLimits& limits) : gate_(limits) {}

    /// The HTTP answer of a refusal: 429 for coming too often, 503 when there are as many as may be, both
    /// with Retry-After (RFC 9110 section 10.2.3).
    std::optional<HttpAnswer> admit(std::string_view peer, Time now) {
        const std::lock_guard lock(mutex_);
        const ConnectGate::Verdict verdict = gate_.enter(peer, now);
        if (verdict.admitted) return std::nullopt;
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(verdict.retry_after).count();
        HttpAnswer answer;
        answer.status = verdict.full ? 503 : 429;
        answer.body = verdict.full ? "as many connections as may be; come back later\n"
                                   : "too many connects; come back later\n";
        answer.fields.add("Retry-After", std::to_string(seconds));
        return answer;
    }
    void left() {
        const std::lock_guard lock(mutex_);
        gate_.left();
    }

  private:
    std::mutex mutex_;
    ConnectGate gate_;
};

}  // namespace hubbub
