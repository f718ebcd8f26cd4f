// Token buckets: so many a second on average, so many at once. Pure arithmetic on Time, without a timer.
// Values and small tables, owned by whoever limits; one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/time.hpp"
#include "refserver/core/names.hpp"

namespace hubbub {

struct Rate {
    double per_second = 0;    ///< 0: no limit
    std::uint32_t burst = 1;  ///< at once, after a pause
    [[nodiscard]] bool limited() const { return per_second > 0; }
};

/// A token bucket as the time at which it would be full again (GCRA, ITU-T I.371 annex A): 8 bytes, and a
/// bucket that is full is as good as none.
class RateBucket {
  public:
    /// Zero: one was taken. Otherwise nothing was, and so long later there will be one.
    Duration take(const Rate& rate, Time now) {
        const auto step =
            std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / rate.per_second));
        const Time full = std::max(full_, now);
        const Duration missing = full - now - step * (std::max(rate.burst, 1U) - 1);
        if (missing > Duration::zero()) return missing;
        full_ = full + step;
        return Duration::zero();
    }
    [[nodiscard]] bool full(Time now) const { return full_ <= now; }

  private:
    Time full_{};
};

/// A bucket for each name; full ones are forgotten, so that it holds those alone who were active just now.
class RateTable {
  public:
    Duration take(std::string_view name, const Rate& rate, Time now) {
        if (!rate.limited()) return Duration::zero();
        auto found = buckets_.find(name);
        if (found == buckets_.end()) {
            if (buckets_.size() >= forget_at_) forget_full(now);
            found = buckets_.emplace(name, RateBucket{}).first;
        }
        return found->second.take(rate, now);
    }
    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

  private:
    /// Each pass is paid for by as many new names as it looks at.
    void forget_full(Time now) {
        std::erase_if(buckets_, [now](const auto& entry) { return entry.second.full(now); });
        forget_at_ = std::max<std::size_t>(1024, 2 * buckets_.size());
    }

    NameMap<RateBucket> buckets_;
    std::size_t forget_at_ = 1024;
};

/// For retry_after: rounded up, since a millisecond too early is another refusal.
constexpr std::uint32_t retry_after_ms(Duration wait) {
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(wait).count(), 3'600'000));
}

/// What the server allows in a time, and at all. Zeros: everything.
struct ServerLimits {
    Rate user_sends;          ///< of a user, on each shard that has sessions of his
    Rate conversation_sends;  ///< into one conversation, by everybody
    Rate address_connects;    ///< from one source address
    Rate connects;            ///< to the whole server
    std::uint32_t connections_max = 0;
    std::uint32_t user_connections_max = 0;
};

}  // namespace hubbub
