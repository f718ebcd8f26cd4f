// The binary form of frames that were made as JSON: one log, one encoding between shards, two on the wire.
// Owned by a shard's context; its thread only.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/shared_bytes.hpp"
#include "protocol/codec.hpp"

namespace hubbub {

class BinaryFrames {
  public:
    /// The same message as a binary frame; control frames as they are.
    SharedBytes of(const SharedBytes& frame);

  private:
    // A sweep hands the same few frames to many recipients in turn; those of one sweep should fit.
    static constexpr std::size_t kept_max = 64;
    struct Kept {
        SharedBytes json, binary;
    };
    struct Tools {
        std::unique_ptr<Codec> json = make_json_codec();
        std::unique_ptr<Codec> binary = make_binary_codec();
        std::array<Kept, kept_max> kept;
        std::string payload;
    };
    std::unique_ptr<Tools> tools_;  // made for the first client that wants them
};

}  // namespace hubbub
