// Finds whole WebSocket frames in a stream of bytes, for the faults that act on frames: it looks at headers
// alone and needs neither masks nor extensions. Owned by a fault. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "chaos/fault_kind.hpp"

namespace hubbub {

class FrameCutter {
  public:
    /// Frames above this pass as they are: a whole one must fit into the direction's window.
    static constexpr std::size_t frame_bytes_max = 32 * 1024;

    struct Cut {
        std::size_t size = 0;     ///< bytes at the front; 0: the next frame is not whole yet
        std::size_t payload = 0;  ///< where its payload begins
        bool is_message = false;  ///< a whole data message in one frame; else to be passed as it is
    };
    /// What stands at the front of `bytes`, which begin where the last cut ended.
    Cut next(std::span<const char> bytes);

  private:
    enum class Place : std::uint8_t { start, head, frames };
    Cut next_frame(std::span<const char> bytes);

    Place place_ = Place::start;
    std::size_t matched_ = 0;    // of the empty line that ends an HTTP head
    std::uint64_t skipped_ = 0;  // left of a frame that is too large
};

/// The share of messages that a frame fault bites, and how many it leaves alone first.
class FrameChoice {
  public:
    explicit FrameChoice(const FaultValues& values)
        : one_in_(static_cast<std::uint64_t>(values[0])), first_(static_cast<std::uint64_t>(values[1])) {}
    bool operator()(Random& random) {
        if (first_ > 0) return --first_, false;
        return random.below(one_in_) == 0;
    }

  private:
    std::uint64_t one_in_, first_;
};

inline constexpr FaultAttribute frame_choice_attributes[] = {
    {"one_in", FaultUnit::count, 100, 1, 1'000'000'000, "of the stream's WebSocket messages, drawn for each"},
    {"skip", FaultUnit::count, 0, 0, 1'000'000'000, "so many messages are left alone first"},
};

/// A fault that decides message by message; everything else passes.
class FrameFault : public Fault {
  public:
    explicit FrameFault(const FaultValues& values) : choice_(values) {}
    FaultVerdict judge(const Chunk& chunk, Time now, Random& random) final;
    [[nodiscard]] std::size_t needs() const override { return 2 * FrameCutter::frame_bytes_max; }
    [[nodiscard]] bool takes_whole_messages() const override { return true; }

  protected:
    /// A whole message stands at the front of `chunk.all`, and is chosen: what becomes of it. Asked again
    /// about the same one after `hold` and `copy`.
    virtual FaultVerdict bite(const Chunk& chunk, const FrameCutter::Cut& message, Time now,
                              Random& random) = 0;
    FrameCutter cutter_;

  private:
    FrameChoice choice_;
    bool chosen_ = false;
};

}  // namespace hubbub
