// Who lost its session while which fault lasted, and when it was back: the figures of reconnect storms.
// Owned by one worker core; its thread only. Costs nothing where the scenario has no faults.
#pragma once

#include <vector>

#include "loadgen/client/fault_evidence.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

class StormWatch {
  public:
    StormWatch(const Plan& plan, Slice slice, Time epoch);

    void begin_phase(std::uint32_t phase, Time start);
    void dialed(Time now);
    /// A live session was lost.
    void lost(DeviceIndex device, Time now);
    /// It is live again, after so many dials.
    void back(DeviceIndex device, Time lost_at, std::uint32_t attempts, Time now);
    /// Nothing that it missed meanwhile is on its way any more.
    void caught_up(DeviceIndex device, Time now);
    void healed_by_resume() { ++evidence_.healed_by_resume; }

    [[nodiscard]] const FaultEvidence& evidence() const { return evidence_; }

  private:
    static constexpr std::uint16_t nothing = UINT16_MAX;
    struct Fault {
        Time begins = never, ends = never;
    };
    struct Client {
        std::uint16_t fault = nothing;
        bool live = true;
    };
    [[nodiscard]] std::uint16_t blame(DeviceIndex device, Time now) const;

    const Plan& plan_;
    const std::uint32_t first_device_;
    const Time epoch_;
    std::vector<Fault> faults_;
    std::vector<Client> clients_;  ///< empty without faults
    FaultEvidence evidence_;
};

}  // namespace hubbub
