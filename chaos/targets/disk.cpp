// The disk of the embedded server is full, errs, syncs slowly or not at all for a while.
#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

class Disk final : public TargetDeed {
  public:
    explicit Disk(const FaultValues& values)
        : fault_(static_cast<DiskDeed>(values[0])),
          lasts_(as_milliseconds(values[1])),
          extra_(as_milliseconds(values[2])) {}

    Time act(TargetControl& target, Time now) override {
        if (!begun_) {
            begun_ = true;
            bites_before_ = target.disk_bites(fault_);
            // That it was told is no bite: a disk that nobody wrote to has shown nothing.
            return target.disk(fault_, true, extra_) ? now + lasts_ : never;
        }
        const std::uint64_t bites = target.disk_bites(fault_);
        if (bites > bites_before_) count(bites - bites_before_);
        target.disk(fault_, false, extra_);
        return never;
    }

  private:
    DiskDeed fault_;
    Duration lasts_, extra_;
    bool begun_ = false;
    std::uint64_t bites_before_ = 0;
};

constexpr FaultAttribute attributes[] = {
    {"fault", FaultUnit::word, 0, 0, 3,
     "`full`: half of a write arrives, then ENOSPC; `error`: EIO; `slow_sync`: syncs take `extra` longer; "
     "`failing_sync`: they fail, and what they were to keep is lost",
     "full|error|slow_sync|failing_sync"},
    {"lasts", FaultUnit::milliseconds, 5'000, 1, fault_milliseconds_max, "until the disk is well again"},
    {"extra", FaultUnit::milliseconds, 200, 0, fault_milliseconds_max, "of `slow_sync`"},
};

}  // namespace

const TargetFaultKind disk_fault = {
    "disk",
    "a disk that fails: is anything acknowledged that it does not have, and what do people see?",
    attributes,
    [](const FaultValues& values) -> std::unique_ptr<TargetDeed> { return std::make_unique<Disk>(values); },
    [](const FaultValues& values) { return as_milliseconds(values[1]); },
    TargetNeeds::machine,
    true};

}  // namespace hubbub
