// A connection is made late: the other side is not even told of it before.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class AcceptDelay final : public Fault {
  public:
    explicit AcceptDelay(const FaultValues& values)
        : delay_(as_milliseconds(values[0])), jitter_(as_milliseconds(values[1])) {}

    FaultVerdict judge(const Chunk& chunk, Time, Random&) override {
        return FaultVerdict::pass(chunk.bytes.size(), chunk.arrived);
    }
    Opening open(Time now, Random& random) override {
        const auto more = random.below(static_cast<std::uint64_t>(jitter_.count()) + 1);
        return {false, now + delay_ + Duration(static_cast<Duration::rep>(more))};
    }

  private:
    Duration delay_, jitter_;
};

constexpr FaultAttribute attributes[] = {
    milliseconds_of("delay", "until the connection goes on"),
    milliseconds_of("jitter", "up to so much more, uniformly"),
};

}  // namespace

const FaultKind accept_delay_fault = {
    "accept_delay", "a full accept queue or a slow load balancer", attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<AcceptDelay>(values);
    }};

}  // namespace hubbub
