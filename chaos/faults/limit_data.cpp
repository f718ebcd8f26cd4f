// The connection is closed when so many bytes have passed.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class LimitData final : public Fault {
  public:
    explicit LimitData(const FaultValues& values) : left_(static_cast<std::uint64_t>(values[0])) {}

    FaultVerdict judge(const Chunk& chunk, Time, Random&) override {
        if (left_ == 0) return FaultVerdict::end(Ending::close).biting();
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, chunk.bytes.size()));
        left_ -= size;
        reached_ = left_ == 0;
        return FaultVerdict::pass(size, chunk.arrived);
    }
    [[nodiscard]] Time deadline() const override { return reached_ ? Time::min() : never; }
    FaultVerdict tick(Time) override { return FaultVerdict::end(Ending::close).biting(); }

  private:
    std::uint64_t left_;
    bool reached_ = false;
};

constexpr FaultAttribute attributes[] = {bytes_of("bytes", "pass; 0: the first byte closes")};

}  // namespace

const FaultKind limit_data_fault = {
    "limit_data", "a connection that ends in the middle of a message", attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<LimitData>(values);
    }};

}  // namespace hubbub
