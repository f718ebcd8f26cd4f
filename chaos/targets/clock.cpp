// The clocks of the embedded server jump: its time line as after a suspended machine, its time of day as when
// somebody sets it.
#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

enum class Whose : std::uint8_t { line, day };
enum class Direction : std::uint8_t { forward, back };

class ClockJump final : public TargetDeed {
  public:
    explicit ClockJump(const FaultValues& values)
        : by_(as_milliseconds(values[0])),
          day_alone_(static_cast<Whose>(values[1]) == Whose::day),
          back_(static_cast<Direction>(values[2]) == Direction::back) {}

    Time act(TargetControl& target, Time) override {
        count(target.jump(back_ ? -by_ : by_, day_alone_ || back_) ? 1 : 0);
        return never;
    }

  private:
    Duration by_;
    bool day_alone_, back_;
};

constexpr FaultAttribute attributes[] = {
    {"by", FaultUnit::milliseconds, 30'000, 1, fault_milliseconds_max, "how far"},
    {"whose", FaultUnit::word, 0, 0, 1,
     "`line`: timers see it, and the time of day goes with it; `day`: what tokens live by, alone",
     "line|day"},
    {"direction", FaultUnit::word, 0, 0, 1, "`back` moves the time of day alone: a time line never goes back",
     "forward|back"},
};

}  // namespace

const TargetFaultKind clock_fault = {
    "clock",
    "a machine that was suspended, a clock that was set: is everybody cut off, is any token taken too long?",
    attributes,
    [](const FaultValues& values) -> std::unique_ptr<TargetDeed> {
        return std::make_unique<ClockJump>(values);
    },
    [](const FaultValues&) { return Duration{}; },
    TargetNeeds::machine,
    true};

}  // namespace hubbub
