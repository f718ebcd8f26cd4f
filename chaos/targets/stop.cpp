// The target's process stands still (STOP) and goes on (CONT): a long pause of its collector, a frozen
// machine.
#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

class Stop final : public TargetDeed {
  public:
    explicit Stop(const FaultValues& values) : after_(as_milliseconds(values[1])) {}

    Time act(TargetControl& target, Time now) override {
        if (stopped_) {
            target.go_on();
            return never;
        }
        stopped_ = true;
        count(target.stop());
        return now + after_;
    }

  private:
    Duration after_;
    bool stopped_ = false;
};

constexpr FaultAttribute attributes[] = {
    whom,
    {"continue_after", FaultUnit::milliseconds, 1'000, 1, fault_milliseconds_max, "until it goes on"},
};

}  // namespace

const TargetFaultKind stop_fault = {
    "stop", "a process that stands still: who waits, who gives up, what is doubled afterwards?", attributes,
    [](const FaultValues& values) -> std::unique_ptr<TargetDeed> { return std::make_unique<Stop>(values); },
    [](const FaultValues& values) { return as_milliseconds(values[1]); }};

}  // namespace hubbub
