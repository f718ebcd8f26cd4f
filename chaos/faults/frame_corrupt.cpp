// One byte of a WebSocket message is another.
#include "chaos/faults/frames.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

class FrameCorrupt final : public FrameFault {
  public:
    using FrameFault::FrameFault;

  private:
    FaultVerdict bite(const Chunk& chunk, const FrameCutter::Cut& message, Time, Random& random) override {
        if (message.size == message.payload) return FaultVerdict::pass(message.size, chunk.arrived);
        const auto at =
            message.payload + static_cast<std::size_t>(random.below(message.size - message.payload));
        chunk.all[at] = static_cast<char>(chunk.all[at] ^ 1);  // letters stay letters: UTF-8 stays valid
        return FaultVerdict::pass(message.size, chunk.arrived).biting();
    }
};

}  // namespace

const FaultKind frame_corrupt_fault = {
    "frame_corrupt", "a damaged message: is it noticed, or shown?", frame_choice_attributes,
    [](const FaultValues& values, const FaultStart&) -> std::unique_ptr<Fault> {
        return std::make_unique<FrameCorrupt>(values);
    }};

}  // namespace hubbub
