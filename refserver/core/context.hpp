// What every part of one shard works with: who it is, its ports, its counters, and the time of this turn.
// Owned by the Shard; its thread only.
#pragma once

#include <memory>
#include <string>

#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"
#include "refserver/core/binary_frames.hpp"
#include "refserver/core/counters.hpp"
#include "refserver/core/shard.hpp"

namespace hubbub {

struct ShardContext {
    ShardContext(ShardId own, const ServerOptions& given, Links& own_links, Store& own_store, Log& own_log)
        : self(own), options(given), links(own_links), store(own_store), log(own_log) {}

    const ShardId self;
    const ServerOptions options;
    Links& links;
    Store& store;
    Log& log;
    ShardCounters counters;
    /// Stands still within a turn; set by the Shard before anything else happens.
    Time now{};
    // Two, since decoded strings die with the next call on their codec, and are encoded into answers first.
    std::unique_ptr<Codec> decoder = make_json_codec();
    std::unique_ptr<Codec> encoder = make_json_codec();
    std::unique_ptr<Codec> binary_decoder = make_binary_codec();

    /// Back from a frame that frame_of() made. Lives until the next call. Cold paths only.
    Result<ServerMessage, DecodeError> message_of(const SharedBytes& frame) {
        if (!own_decoder_) own_decoder_ = make_json_codec();
        // Unmasked, with one of the three lengths of RFC 6455 section 5.2.
        const auto length = static_cast<unsigned char>(frame.view()[1]);
        return own_decoder_->decode_server(frame.view().substr(length < 126 ? 2 : length == 126 ? 4 : 10));
    }
    /// One whole WebSocket frame, ready to be shared.
    SharedBytes frame_of(const ServerMessage& message) {
        scratch_.clear();
        encoder->encode(message, scratch_);
        const auto opcode = encoder->binary() ? websocket::Opcode::binary : websocket::Opcode::text;
        return websocket::make_frame(opcode, scratch_);
    }

    /// What a client of the binary form gets instead of a frame that frame_of() made; others stay as they
    /// are. The last ones are kept, so that a fan-out is translated once for all its recipients.
    SharedBytes binary_form(const SharedBytes& frame) { return binary_frames_.of(frame); }

    /// There is a sabotage plan: owners must know who listens.
    [[nodiscard]] bool sabotaged() const { return !options.sabotage.items.empty(); }

  private:
    std::string scratch_;
    std::unique_ptr<Codec> own_decoder_;
    BinaryFrames binary_frames_;
};

}  // namespace hubbub
