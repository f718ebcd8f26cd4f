// Which memberships end while the load runs, when, and when they begin again, for users with a `membership`
// habit; in load time (sessions.hpp). Immutable after make_plan(), part of the Plan; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// A planned time outside of a group or channel: [leaves, returns). Who would return after the load stays
/// out.
struct TimeOut {
    StreamIndex stream;  ///< the membership, on the user's first device
    Duration leaves{}, returns{};
};

/// Direct conversations have no churn, and in every conversation the first online member stays: somebody must
/// be able to tell its history. A membership that ends and begins again does not send: its user only listens
/// there.
class ChurnTable {
  public:
    ChurnTable(const Plan& plan, const Random& random, std::vector<std::string>& errors);

    [[nodiscard]] bool empty() const { return times_.empty(); }
    /// Rising by stream and time.
    [[nodiscard]] std::span<const TimeOut> all() const { return times_; }
    /// Of a membership on its user's first device.
    [[nodiscard]] std::span<const TimeOut> of(StreamIndex stream) const;
    [[nodiscard]] bool churns(StreamIndex stream) const { return !of(stream).empty(); }

  private:
    std::vector<TimeOut> times_;
};

}  // namespace hubbub
