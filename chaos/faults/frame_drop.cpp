// A whole WebSocket message is gone.
#include "chaos/faults/frames.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class FrameDrop final : public FrameFault {
  public:
    using FrameFault::FrameFault;

  private:
    FaultVerdict bite(const Chunk&, const FrameCutter::Cut& message, Time, Random&) override {
        return FaultVerdict::swallow(message.size).biting();
    }
};

}  // namespace

const FaultKind frame_drop_fault = {
    "frame_drop", "a lost message: does the checker find exactly it?", frame_choice_attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<FrameDrop>(values);
    }};

}  // namespace hubbub
