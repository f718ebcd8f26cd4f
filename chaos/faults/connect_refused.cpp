// A connection that is made is reset before anything else happens.
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class ConnectRefused final : public Fault {
  public:
    FaultVerdict judge(const Chunk& chunk, Time, Random&) override {
        return FaultVerdict::pass(chunk.bytes.size(), chunk.arrived);
    }
    Opening open(Time now, Random&) override { return {true, now}; }
};

}  // namespace

const FaultKind connect_refused_fault = {"connect_refused",
                                         "nobody there: do clients back off, and how?",
                                         {},
                                         [](const FaultValues&, const FaultStart&) -> std::unique_ptr<Fault> {
                                             return std::make_unique<ConnectRefused>();
                                         }};

}  // namespace hubbub
