// Faults of the target itself, not of its connections: its process is killed, stopped, drained, its disk and
// its clocks fail. A deed is a
// pure machine that is asked when it is due and acts through a port. Owned by whoever leads a run; its thread
// only. One deed a file in chaos/targets.
#pragma once

#include <memory>

#include "base/time.hpp"
#include "chaos/fault_kind.hpp"

namespace hubbub {

/// What a disk does wrong until it is told otherwise.
enum class DiskDeed : std::uint8_t { full, error, slow_sync, failing_sync };

/// What of the target a fault must reach: its process, or what its process stands on.
enum class TargetNeeds : std::uint8_t { process, machine };

/// What can be done to the target: a child process live, the world's server in virtual time.
class TargetControl {
  public:
    virtual ~TargetControl() = default;
    // False: there was nothing to do it to.
    virtual bool kill() = 0;        ///< at once, without a word
    virtual bool lose_power() = 0;  ///< the machine with it: what was not synced is gone
    virtual bool stop() = 0;        ///< it stands still; its connections stay
    virtual bool go_on() = 0;
    virtual bool drain() = 0;  ///< asked to end in order (TERM)
    /// Its disk does this from now on, or no more. `extra`: beside a sync's own time, of slow_sync.
    virtual bool disk(DiskDeed fault, bool on, Duration extra) = 0;
    /// How often it did so since it was started.
    virtual std::uint64_t disk_bites(DiskDeed fault) = 0;
    /// The time line goes forward and the time of day with it, or the time of day alone, either way.
    virtual bool jump(Duration by, bool day_alone) = 0;
    /// Begins to start it again where it was, as soon as what was there has ended.
    virtual bool start() = 0;
};

class TargetDeed {
  public:
    virtual ~TargetDeed() = default;
    /// Does what is due. When it wants to be asked again; `never`: it is over.
    virtual Time act(TargetControl& target, Time now) = 0;
    /// How often it did something to the target.
    [[nodiscard]] std::uint64_t fired() const { return fired_; }

  protected:
    void count(std::uint64_t times) { fired_ += times; }

  private:
    std::uint64_t fired_ = 0;
};

struct TargetFaultKind {
    std::string_view name;
    std::string_view shows;  ///< one line for docs/FAULTS.md
    std::span<const FaultAttribute> attributes;
    std::unique_ptr<TargetDeed> (*make)(const FaultValues& values);
    /// How long the target is not itself.
    Duration (*lasts)(const FaultValues& values);
    TargetNeeds needs = TargetNeeds::process;
    bool only_live = false;  ///< virtual time has no such thing
};

}  // namespace hubbub
