// The target's process ends, by KILL without a word or by TERM in order, and is started again.
#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

enum class Signal : std::uint8_t { kill, term };

class Kill final : public TargetDeed {
  public:
    explicit Kill(const FaultValues& values)
        : signal_(static_cast<Signal>(values[1])), after_(as_milliseconds(values[2])) {}

    Time act(TargetControl& target, Time now) override {
        if (fired_once_) {
            target.start();
            return never;
        }
        fired_once_ = true;
        count(signal_ == Signal::kill ? target.kill() : target.drain());
        return now + after_;
    }

  private:
    Signal signal_;
    Duration after_;
    bool fired_once_ = false;
};

constexpr FaultAttribute attributes[] = {
    whom,
    {"signal", FaultUnit::word, 0, 0, 1,
     "`KILL`: it ends at once; `TERM`: it drains, closes its connections with a hint to come back, and ends",
     "KILL|TERM"},
    {"restart_after", FaultUnit::milliseconds, 1'000, 0, fault_milliseconds_max,
     "until it is started again with the same data on the same address"},
};

}  // namespace

const TargetFaultKind kill_fault = {
    "kill", "a gateway dies, a deploy: is everything that was acknowledged still there?", attributes,
    [](const FaultValues& values) -> std::unique_ptr<TargetDeed> { return std::make_unique<Kill>(values); },
    [](const FaultValues& values) { return as_milliseconds(values[2]); }};

}  // namespace hubbub
