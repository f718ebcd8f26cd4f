// The bytes stop in the middle, and go on later. Nothing is lost.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class Stall final : public Fault {
  public:
    explicit Stall(const FaultValues& values)
        : left_(static_cast<std::uint64_t>(values[0])), duration_(as_milliseconds(values[1])) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        if (left_ > 0) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, chunk.bytes.size()));
            left_ -= size;
            return FaultVerdict::pass(size, chunk.arrived);
        }
        const bool begins = !begun_;
        if (begins) until_ = duration_ == Duration::zero() ? never : now + duration_;
        begun_ = true;
        if (now < until_) return FaultVerdict::hold(until_).biting(begins);
        return FaultVerdict::pass(chunk.bytes.size(), now);
    }
    FaultVerdict judge_end(const Chunk&, Time now, Random&) override {
        return begun_ && now < until_ ? FaultVerdict::hold(until_) : FaultVerdict::pass(0, now);
    }

  private:
    std::uint64_t left_;
    Duration duration_;
    Time until_{};
    bool begun_ = false;
};

constexpr FaultAttribute attributes[] = {
    bytes_of("bytes", "so many pass first: choose it inside of a frame"),
    milliseconds_of(
        "duration",
        "of the stall, which begins with the first byte behind them; 0: until the fault is removed"),
};

}  // namespace

const FaultKind stall_fault = {
    "stall", "half a frame, and then nothing for a while: who waits, who gives up?", attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<Stall>(values);
    }};

}  // namespace hubbub
