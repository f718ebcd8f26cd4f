// A whole WebSocket message comes twice.
#include "chaos/faults/frames.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class FrameDuplicate final : public FrameFault {
  public:
    using FrameFault::FrameFault;

  private:
    FaultVerdict bite(const Chunk& chunk, const FrameCutter::Cut& message, Time, Random&) override {
        copied_ = !copied_;
        if (copied_) return FaultVerdict::copy(message.size, chunk.arrived).biting();
        return FaultVerdict::pass(message.size, chunk.arrived);
    }

    bool copied_ = false;
};

}  // namespace

const FaultKind frame_duplicate_fault = {
    "frame_duplicate", "a message delivered twice: do clients show it once, does the checker count it?",
    frame_choice_attributes, [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<FrameDuplicate>(values);
    }};

}  // namespace hubbub
