// The end of the stream arrives late.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class SlowClose final : public Fault {
  public:
    explicit SlowClose(const FaultValues& values) : delay_(as_milliseconds(values[0])) {}

    FaultVerdict judge(const Chunk& chunk, Time, Random&) override {
        return FaultVerdict::pass(chunk.bytes.size(), chunk.arrived);
    }
    FaultVerdict judge_end(const Chunk& chunk, Time, Random&) override {
        return FaultVerdict::pass(0, chunk.arrived + delay_).biting(delay_ > Duration::zero());
    }

  private:
    Duration delay_;
};

constexpr FaultAttribute attributes[] = {milliseconds_of("delay", "between the end and its arrival")};

}  // namespace

const FaultKind slow_close_fault = {
    "slow_close", "sessions that end late: is the device free for its next connection?", attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<SlowClose>(values);
    }};

}  // namespace hubbub
