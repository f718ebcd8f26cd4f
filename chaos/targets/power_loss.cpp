// The target's machine loses power: what was not synced is gone. In virtual time a modelled disk; live a file
// system under the store that knows what was synced.
#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

class PowerLoss final : public TargetDeed {
  public:
    explicit PowerLoss(const FaultValues& values) : after_(as_milliseconds(values[1])) {}

    Time act(TargetControl& target, Time now) override {
        if (lost_) {
            target.start();
            return never;
        }
        lost_ = true;
        count(target.lose_power());
        return now + after_;
    }

  private:
    Duration after_;
    bool lost_ = false;
};

constexpr FaultAttribute attributes[] = {
    whom,
    {"restart_after", FaultUnit::milliseconds, 1'000, 0, fault_milliseconds_max,
     "until it is started again on what the disk kept"},
};

}  // namespace

const TargetFaultKind power_loss_fault = {
    "power_loss",
    "the machine without power: is an acknowledgement worth more than a page cache?",
    attributes,
    [](const FaultValues& values) -> std::unique_ptr<TargetDeed> {
        return std::make_unique<PowerLoss>(values);
    },
    [](const FaultValues& values) { return as_milliseconds(values[1]); },
    TargetNeeds::machine};

}  // namespace hubbub
