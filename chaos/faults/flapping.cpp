// The line is up for a while and down for a while, for everybody at the same times: counted from when the
// fault was added.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class Flapping final : public Fault {
  public:
    Flapping(const FaultValues& values, const FaultStart& start)
        : up_(as_milliseconds(values[0])),
          period_(up_ + as_milliseconds(values[1])),
          resets_(values[2] == 1),
          added_(start.added),
          next_cut_(is_down(start.now) ? never : next_down(start.now)) {}

    FaultVerdict judge(const Chunk& chunk, Time now, Random&) override {
        return verdict(chunk.bytes.size(), now);
    }
    FaultVerdict judge_end(const Chunk&, Time now, Random&) override { return verdict(0, now); }
    [[nodiscard]] Time deadline() const override { return resets_ ? next_cut_ : never; }
    FaultVerdict tick(Time) override { return FaultVerdict::end(Ending::reset).biting(); }
    Opening open(Time now, Random&) override {
        if (!is_down(now)) return {false, now};
        return resets_ ? Opening{true, now} : Opening{false, next_up(now)};
    }

  private:
    [[nodiscard]] Duration into(Time now) const { return (now - added_) % period_; }
    [[nodiscard]] bool is_down(Time now) const { return into(now) >= up_; }
    [[nodiscard]] Time next_down(Time now) const { return now - into(now) + up_; }
    [[nodiscard]] Time next_up(Time now) const { return now - into(now) + period_; }
    FaultVerdict verdict(std::size_t size, Time now) const {
        if (resets_ || !is_down(now)) return FaultVerdict::pass(size, now);
        return FaultVerdict::hold(next_up(now)).biting();
    }

    Duration up_, period_;
    bool resets_;
    Time added_, next_cut_;
};

constexpr FaultAttribute attributes[] = {
    {"up", FaultUnit::milliseconds, 10'000, 1, fault_milliseconds_max, "of each round"},
    {"down", FaultUnit::milliseconds, 1'000, 1, fault_milliseconds_max, "of each round, behind it"},
    {"how", FaultUnit::word, 0, 0, 1,
     "`hold`: bytes wait, connections too; `reset`: connections are cut, new ones refused", "hold|reset"},
};

}  // namespace

const FaultKind flapping_fault = {
    "flapping", "a cable with a bad contact, a failover that does not settle", attributes,
    [](const FaultValues& values, const FaultStart& start) -> std::unique_ptr<Fault> {
        return std::make_unique<Flapping>(values, start);
    }};

}  // namespace hubbub
