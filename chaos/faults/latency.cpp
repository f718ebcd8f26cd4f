// Every byte takes longer: by a fixed time, and a drawn one. Order is kept, as TCP keeps it: what drew a
// short way waits behind what drew a long one.
#include <algorithm>
#include <cmath>

#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

enum class Law : std::uint8_t { uniform, normal, lognormal };

class Latency final : public Fault {
  public:
    explicit Latency(const FaultValues& values)
        : latency_(static_cast<double>(values[0]) * 1e6),
          jitter_(static_cast<double>(values[1]) * 1e6),
          law_(static_cast<Law>(values[2])) {}

    FaultVerdict judge(const Chunk& chunk, Time, Random& random) override {
        const Duration delay = draw(random);
        return FaultVerdict::pass(chunk.bytes.size(), chunk.arrived + delay).biting(delay > Duration::zero());
    }
    FaultVerdict judge_end(const Chunk& chunk, Time, Random& random) override {
        return FaultVerdict::pass(0, chunk.arrived + draw(random));
    }

  private:
    Duration draw(Random& random) const {
        double nanos = latency_;
        if (jitter_ > 0) {
            if (law_ == Law::uniform) nanos += jitter_ * (2 * random.unit() - 1);
            if (law_ == Law::normal) nanos += jitter_ * random.normal();
            // 84 % of the delays lie below latency + jitter, as with the normal law.
            if (law_ == Law::lognormal) nanos = random.lognormal(latency_, std::log1p(jitter_ / latency_));
        }
        constexpr double longest = static_cast<double>(fault_milliseconds_max) * 1e6;
        return Duration(static_cast<Duration::rep>(std::clamp(nanos, 0.0, longest)));
    }

    double latency_, jitter_;
    Law law_;
};

constexpr FaultAttribute attributes[] = {
    milliseconds_of("latency", "mean; of `lognormal` the median"),
    milliseconds_of("jitter",
                    "`uniform`: at most so much more or less; `normal`: standard deviation; `lognormal`: 84 "
                    "% lie below latency + jitter"),
    {"distribution", FaultUnit::word, 0, 0, 2, "of the delays", "uniform|normal|lognormal", true},
};

std::string check(const FaultValues& values) {
    const bool no_median = static_cast<Law>(values[2]) == Law::lognormal && values[0] == 0;
    return no_median ? "latency: the median of a lognormal law must be above 0" : "";
}

}  // namespace

const FaultKind latency_fault = {"latency", "far away, or a loaded network", attributes,
                                 [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
                                     return std::make_unique<Latency>(values);
                                 },
                                 check};

}  // namespace hubbub
