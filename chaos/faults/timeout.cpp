// A black hole in one direction; after a time the connection is closed.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class Timeout final : public Fault {
  public:
    Timeout(const FaultValues& values, Time start)
        : closes_(values[0] == 0 ? never : start + as_milliseconds(values[0])) {}

    FaultVerdict judge(const Chunk& chunk, Time, Random&) override {
        return FaultVerdict::swallow(chunk.all.size()).biting();
    }
    [[nodiscard]] Time deadline() const override { return closes_; }
    FaultVerdict tick(Time) override { return FaultVerdict::end(Ending::close).biting(); }

  private:
    Time closes_;
};

constexpr FaultAttribute attributes[] = {
    milliseconds_of("timeout", "until the connection is closed; 0: never")};

}  // namespace

const FaultKind timeout_fault = {
    "timeout", "nothing gets through, then the connection is gone", attributes,
    [](const FaultValues& values, const FaultStart& start) -> std::unique_ptr<Fault> {
        return std::make_unique<Timeout>(values, start.now);
    }};

}  // namespace hubbub
