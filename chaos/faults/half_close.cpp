// This direction ends (FIN) while the other goes on.
#include "chaos/faults/onset.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class HalfClose final : public Fault {
  public:
    HalfClose(const FaultValues& values, Time start) : onset_(start, values[1], values[0]) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        if (onset_.begun(now)) return FaultVerdict::end(Ending::finish).biting();
        return FaultVerdict::pass(onset_.let_pass(chunk.bytes.size(), now), now);
    }
    [[nodiscard]] Time deadline() const override { return onset_.deadline(); }
    FaultVerdict tick(Time) override { return FaultVerdict::end(Ending::finish).biting(); }

  private:
    Onset onset_;
};

constexpr FaultAttribute attributes[] = {
    bytes_of("bytes", "so many pass first"),
    milliseconds_of("after", "so long everything passes first"),
};

}  // namespace

const FaultKind half_close_fault = {
    "half_close", "one side has stopped talking and still listens", attributes,
    [](const FaultValues& values, const FaultStart& start) -> std::unique_ptr<Fault> {
        return std::make_unique<HalfClose>(values, start.now);
    }};

}  // namespace hubbub
