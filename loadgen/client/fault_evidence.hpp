// What one worker saw of the scenario's faults: that they bit, and how its clients came back.
// A value; workers' evidence adds up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/histogram.hpp"

namespace hubbub {

/// Of one fault of the timeline, or of one network.
struct FaultMarks {
    std::uint64_t fired = 0;     ///< how often it did its work
    std::uint64_t affected = 0;  ///< connections that met it
    // Since the run's epoch; 0: not yet.
    std::uint64_t started_us = 0, ended_us = 0;

    // ---- the storm that it brought about: sessions that were lost while it lasted
    std::uint64_t lost = 0;
    std::uint64_t attempts = 0;  ///< dials of those that came back
    Histogram reconnect;         ///< from a session's own loss until it was live
    Histogram back;              ///< from the fault's begin until it was live
    Histogram caught_up;         ///< from the fault's begin until it lacked nothing

    FaultMarks& operator+=(const FaultMarks& other) {
        fired += other.fired;
        affected += other.affected;
        if (started_us == 0 || (other.started_us != 0 && other.started_us < started_us))
            started_us = other.started_us;
        ended_us = std::max(ended_us, other.ended_us);
        lost += other.lost;
        attempts += other.attempts;
        reconnect += other.reconnect;
        back += other.back;
        caught_up += other.caught_up;
        return *this;
    }
    /// Between processes (base/archive.hpp).
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.fired, self.affected, self.started_us, self.ended_us, self.lost, self.attempts,
                self.reconnect, self.back, self.caught_up);
    }
};

struct FaultEvidence {
    static constexpr std::uint64_t bin_us = 100'000;

    std::vector<FaultMarks> faults;    ///< by Scenario::faults
    std::vector<FaultMarks> networks;  ///< by cohort; fired and affected alone
    /// Dials begun, by tenth of a second since the run's epoch. Empty without faults.
    std::vector<std::uint32_t> dials;
    std::uint64_t healed_by_resume = 0;  ///< entries that came by the catch-up of a resume

    FaultEvidence& operator+=(const FaultEvidence& other) {
        const auto add = [](auto& own, const auto& others) {
            own.resize(std::max(own.size(), others.size()));
            for (std::size_t i = 0; i < others.size(); ++i) own[i] += others[i];
        };
        add(faults, other.faults);
        add(networks, other.networks);
        add(dials, other.dials);
        healed_by_resume += other.healed_by_resume;
        return *this;
    }
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.faults, self.networks, self.dials, self.healed_by_resume);
    }
};

}  // namespace hubbub
