// The receiver takes some bytes now and then. Little more is kept in between, so the sender feels it at once:
// its socket's buffers fill, and then its own queue.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class SlowReader final : public Fault {
  public:
    explicit SlowReader(const FaultValues& values)
        : bytes_(static_cast<std::size_t>(values[0])), interval_(as_milliseconds(values[1])) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        if (next_ > now) return FaultVerdict::hold(next_);
        next_ = now + interval_;
        return FaultVerdict::pass(std::min(bytes_, chunk.all.size()), now).biting();
    }
    [[nodiscard]] std::size_t window() const override { return bytes_; }

  private:
    std::size_t bytes_;
    Duration interval_;
    Time next_{};
};

constexpr FaultAttribute attributes[] = {
    {"bytes", FaultUnit::bytes, 1'024, 1, 1'000'000'000, "of one read"},
    {"interval", FaultUnit::milliseconds, 1'000, 1, fault_milliseconds_max, "between two reads"},
};

}  // namespace

const FaultKind slow_reader_fault = {
    "slow_reader", "a client that does not keep up: what does the server do with what it owes it?",
    attributes, [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<SlowReader>(values);
    }};

}  // namespace hubbub
