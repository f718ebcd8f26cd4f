// Tells what ready frames are, for readers that cannot have all of them. Frames are shared and carry no
// label: only what a slow reader waits for is looked into, and fast readers pay nothing. Owned by
// SlowReaders; its thread only.
#pragma once

#include <array>
#include <memory>

#include "refserver/core/backlog.hpp"
#include "refserver/core/context.hpp"

namespace hubbub {

class FrameLabels {
  public:
    explicit FrameLabels(ShardContext& context) : context_(context) {}

    /// Of a frame that frame_of() made, or of a control frame. Valid until the next call.
    const FrameLabel& of(const SharedBytes& frame);

  private:
    FrameLabel read(const SharedBytes& frame);

    // As for the binary form: one fan-out hands the same few frames to many readers in turn.
    static constexpr std::size_t known_max = 64;
    struct Known {
        SharedBytes frame;  ///< held, so that its address cannot come to mean another one
        FrameLabel label;
    };
    ShardContext& context_;
    std::unique_ptr<std::array<Known, known_max>> known_;
};

}  // namespace hubbub
