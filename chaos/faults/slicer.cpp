// Bytes arrive in small pieces, each read on its own: frames are cut anywhere, headers too.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class Slicer final : public Fault {
  public:
    explicit Slicer(const FaultValues& values)
        : average_(static_cast<std::uint64_t>(values[0])),
          variation_(static_cast<std::uint64_t>(values[1])),
          delay_(std::chrono::microseconds{values[2]}) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random& random) override {
        if (free_ > now) return FaultVerdict::hold(free_);
        const std::uint64_t drawn = average_ - variation_ + random.below(2 * variation_ + 1);
        const auto size = static_cast<std::size_t>(
            std::min<std::uint64_t>(chunk.bytes.size(), std::max<std::uint64_t>(drawn, 1)));
        const Time at = std::max(free_, chunk.arrived);
        free_ = at + delay_;
        return FaultVerdict::pass(size, at).as_own_read().biting(size < chunk.bytes.size());
    }

  private:
    std::uint64_t average_, variation_;
    Duration delay_;
    Time free_{};
};

constexpr FaultAttribute attributes[] = {
    {"average_size", FaultUnit::bytes, 0, 1, 1'000'000'000, "of a piece; must be given"},
    bytes_of("size_variation", "at most so much more or less, uniformly; at most average_size"),
    {"delay", FaultUnit::microseconds, 0, 0, fault_milliseconds_max * 1'000, "between two pieces"},
};

std::string check(const FaultValues& values) {
    return values[1] > values[0] ? "size_variation: must not be above average_size" : "";
}

}  // namespace

const FaultKind slicer_fault = {"slicer", "pieces of some bytes: does the parser wait for the rest?",
                                attributes,
                                [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
                                    return std::make_unique<Slicer>(values);
                                },
                                check};

}  // namespace hubbub
