// Makes the scenario's `expire_tokens` happen: what the chosen users' sessions live by ends at one moment,
// and is not renewed before. Tokens cannot be taken back, so these sessions are handed ones in time that end
// then. Owned by a worker core; its thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "loadgen/client/fault_evidence.hpp"
#include "loadgen/client/token_mint.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

class TokenExpiry {
  public:
    /// `mint` null: the target asks for no tokens.
    TokenExpiry(const Plan& plan, Time epoch, std::shared_ptr<const TokenMint> mint);

    /// Whether the scenario lets tokens expire. Without it all that is asked here is the usual.
    [[nodiscard]] bool wanted() const { return !faults_.empty(); }
    /// The moments of the phase's faults are known now: sessions must look when their renewal is due.
    void begin_phase(std::uint32_t phase, Time start, Time now);
    void turn(Time now);
    /// The load is over: tokens that would still end are renewed, and no further ones are made.
    void heal(Time now);

    /// For a session that begins now, or goes on. Empty without a mint.
    [[nodiscard]] std::string token(DeviceIndex device, Time now) const;
    /// When the session that lives by a token made at `made` hands in another one.
    [[nodiscard]] Time renewal(DeviceIndex device, Time made) const;
    /// The target ended a live session, which lived by such a token, with this close code.
    void ended(DeviceIndex device, Time made, std::uint16_t code, Time now);

    /// fired, affected, started and ended of these faults.
    void add_to(FaultEvidence& evidence) const;

  private:
    struct Expiry {
        std::uint32_t fault = 0;  ///< index in Scenario::faults
        /// Tokens made from `begins` on end at `ends`, a whole second of the day; never: not known yet.
        Time begins = never, ends = never;
        FaultMarks marks;
    };
    /// The one that a token made at `made` for this device ends by: the earliest. Null: none.
    [[nodiscard]] const Expiry* ends_by(DeviceIndex device, Time made) const;
    [[nodiscard]] std::uint64_t micros(Time now) const;

    const Plan& plan_;
    const Time epoch_;
    const std::shared_ptr<const TokenMint> mint_;
    std::vector<Expiry> faults_;
    Time healed_ = never;
};

}  // namespace hubbub
