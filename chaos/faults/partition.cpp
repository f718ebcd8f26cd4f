// Nothing passes in this direction, ends neither, while the other goes on. What was sent arrives when the
// partition heals, as TCP would send it again.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class Partition final : public Fault {
  public:
    Partition(const FaultValues& values, Time start)
        : from_(start + as_milliseconds(values[0])),
          until_(values[1] == 0 ? never : from_ + as_milliseconds(values[1])) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        return verdict(chunk.bytes.size(), now);
    }
    FaultVerdict judge_end(const Chunk&, Time now, Random&) override { return verdict(0, now); }

  private:
    FaultVerdict verdict(std::size_t size, Time now) const {
        if (now < from_ || now >= until_) return FaultVerdict::pass(size, now);
        return FaultVerdict::hold(until_).biting();
    }

    Time from_, until_;
};

constexpr FaultAttribute attributes[] = {
    milliseconds_of("after", "so long everything passes first"),
    milliseconds_of("duration", "0: until the fault is removed"),
};

}  // namespace

const FaultKind partition_fault = {
    "partition", "one way only is dead: who believes itself connected?", attributes,
    [](const FaultValues& values, const FaultStart& start) -> std::unique_ptr<Fault> {
        return std::make_unique<Partition>(values, start.now);
    }};

}  // namespace hubbub
