// A thin line: bytes pass one after the other at a rate. An idle line saves nothing up.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

/// A large piece arrives bit by bit, not in one at its end.
constexpr Duration slice = std::chrono::milliseconds{100};

class Bandwidth final : public Fault {
  public:
    explicit Bandwidth(const FaultValues& values)
        : bytes_a_second_(static_cast<std::uint64_t>(values[0]) * 1'000) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        if (bytes_a_second_ == 0) return FaultVerdict::pass(chunk.bytes.size(), chunk.arrived);
        if (free_ > now)
            return FaultVerdict::hold(free_);  // one slice at a time: what waits can still be let go
        free_ = std::max(free_, chunk.arrived);
        const auto most = static_cast<std::size_t>(bytes_a_second_ *
                                                   static_cast<std::uint64_t>(slice.count()) / 1'000'000'000);
        const std::size_t size = std::min(chunk.bytes.size(), most);
        free_ += Duration(static_cast<Duration::rep>(
            (size * std::uint64_t{1'000'000'000} + bytes_a_second_ - 1) / bytes_a_second_));
        return FaultVerdict::pass(size, free_).biting();
    }

  private:
    std::uint64_t bytes_a_second_;
    Time free_{};  // when the line has sent what it took
};

constexpr FaultAttribute attributes[] = {
    {"rate", FaultUnit::kilobytes_a_second, 0, 0, 1'000'000'000, "0: no limit"},
};

}  // namespace

const FaultKind bandwidth_fault = {
    "bandwidth", "a thin line: do pages of history starve live messages?", attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<Bandwidth>(values);
    }};

}  // namespace hubbub
