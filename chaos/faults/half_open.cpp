// The peer is silently gone: nothing passes either way and nothing ends. The kernel still acknowledges what
// it is sent, so only a heartbeat finds out.
#include "chaos/faults/onset.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class HalfOpen final : public Fault {
  public:
    HalfOpen(const FaultValues& values, Time start) : onset_(start, values[1], values[0]) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        if (onset_.begun(now)) return FaultVerdict::swallow(chunk.all.size());
        return FaultVerdict::pass(onset_.let_pass(chunk.bytes.size(), now), now);
    }
    FaultVerdict judge_end(const Chunk& chunk, Time now, Random&) override {
        return onset_.begun(now) ? FaultVerdict::swallow(0) : FaultVerdict::pass(0, chunk.arrived);
    }
    [[nodiscard]] Time deadline() const override { return told_ ? never : onset_.deadline(); }
    FaultVerdict tick(Time) override {
        told_ = true;
        return FaultVerdict::hold(never).biting();
    }
    [[nodiscard]] bool silences(Time now) const override { return onset_.begun(now); }

  private:
    Onset onset_;
    bool told_ = false;  // that it bit, with traffic or without
};

constexpr FaultAttribute attributes[] = {
    bytes_of("bytes", "so many pass in this stream first"),
    milliseconds_of("after", "so long everything passes first"),
};

}  // namespace

const FaultKind half_open_fault = {
    "half_open", "a phone without battery: does the heartbeat reap it, and in time?", attributes,
    [](const FaultValues& values, const FaultStart& start) -> std::unique_ptr<Fault> {
        return std::make_unique<HalfOpen>(values, start.now);
    }};

}  // namespace hubbub
