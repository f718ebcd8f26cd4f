// The connection is reset (RST): at any byte, after any time. What had not arrived is lost on both sides.
#include "chaos/faults/onset.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class ResetPeer final : public Fault {
  public:
    ResetPeer(const FaultValues& values, Time start)
        : timeout_(as_milliseconds(values[0])), onset_(start, values[2], values[1]) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        if (begun(now)) return FaultVerdict::swallow(chunk.all.size());
        return FaultVerdict::pass(onset_.let_pass(chunk.bytes.size(), now), now);
    }
    [[nodiscard]] Time deadline() const override { return resets_ == never ? onset_.deadline() : resets_; }
    FaultVerdict tick(Time now) override {
        const bool resets = begun(now) && now >= resets_;
        return resets ? FaultVerdict::end(Ending::reset).biting() : FaultVerdict::hold(never);
    }

  private:
    bool begun(Time now) {
        if (!onset_.begun(now)) return false;
        if (resets_ == never) resets_ = now + timeout_;
        return true;
    }

    Duration timeout_;
    Onset onset_;
    Time resets_ = never;
};

constexpr FaultAttribute attributes[] = {
    milliseconds_of("timeout",
                    "from the last byte that passes to the reset; what comes meanwhile is swallowed"),
    addition(bytes_of("bytes", "so many pass first")),
    addition(milliseconds_of("after", "so long everything passes first")),
};

}  // namespace

const FaultKind reset_peer_fault = {
    "reset_peer", "cut connections: are messages lost or doubled by the resume?", attributes,
    [](const FaultValues& values, const FaultStart& start) -> std::unique_ptr<Fault> {
        return std::make_unique<ResetPeer>(values, start.now);
    }};

}  // namespace hubbub
