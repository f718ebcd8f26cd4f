// When devices are planned offline, for users with a `session` habit; and load time, in which that is said.
// Immutable after make_plan(), part of the Plan; any thread.
//
// Load time counts the scenario's load phases alone, one after the other, from 0: the pauses that the
// conductor makes between two of them do not exist in it. So the plan knows it before the run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// A planned absence in load time. `opens` is at most the end of the load: then all come back. What is sent
/// just before a device closes can reach it only after its return, however fast the backend is: for senders
/// and for the classes of deliveries the absence begins at `leaves`, the last tenth of the session but at
/// most a second before.
struct Absence {
    Duration leaves{}, closes{}, opens{};
};

class SessionTable {
  public:
    SessionTable(const Plan& plan, const Random& random, std::vector<std::string>& errors);

    [[nodiscard]] bool empty() const { return absences_.empty(); }
    /// In rising order; none for devices that stay.
    [[nodiscard]] std::span<const Absence> absences_of(DeviceIndex d) const;
    /// The absence whose [leaves, opens) covers `at`; null: planned online.
    [[nodiscard]] const Absence* absence_at(DeviceIndex d, Duration at) const;

    /// Where a load phase begins; nothing for other phases.
    [[nodiscard]] std::optional<Duration> phase_begins(std::uint32_t phase) const;
    [[nodiscard]] Duration load_ends() const { return load_ends_; }
    /// Mean share of the online devices that are planned online.
    [[nodiscard]] double share_online() const;

  private:
    void draw(const Plan& plan, const Random& random, std::vector<std::string>& errors);

    std::vector<std::optional<Duration>> phases_;  ///< by phase of the scenario
    Duration load_ends_{};
    std::vector<std::uint32_t>
        begin_;  ///< absences of device d: [begin_[d], begin_[d + 1]); empty: nobody has any
    std::vector<Absence> absences_;
};

}  // namespace hubbub
