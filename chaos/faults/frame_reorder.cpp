// A WebSocket message comes behind the next one.
#include <algorithm>

#include "chaos/faults/frames.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class FrameReorder final : public FrameFault {
  public:
    using FrameFault::FrameFault;

  private:
    FaultVerdict bite(const Chunk& chunk, const FrameCutter::Cut& message, Time, Random&) override {
        const auto behind = chunk.all.subspan(message.size);
        const FrameCutter::Cut next = behind.empty() ? FrameCutter::Cut{} : FrameCutter(cutter_).next(behind);
        if (next.size == 0 && !chunk.end_behind) return FaultVerdict::hold(never);  // for its successor
        if (!next.is_message) return FaultVerdict::pass(message.size, chunk.arrived);
        const auto both = chunk.all.first(message.size + next.size);
        std::rotate(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(message.size), both.end());
        return FaultVerdict::pass(both.size(), chunk.arrived).biting();
    }
};

}  // namespace

const FaultKind frame_reorder_fault = {
    "frame_reorder", "messages in the wrong order: does the checker name it?", frame_choice_attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<FrameReorder>(values);
    }};

}  // namespace hubbub
