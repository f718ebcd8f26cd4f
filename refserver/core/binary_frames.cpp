#include "refserver/core/binary_frames.hpp"

#include "base/assert.hpp"
#include "base/random.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {
namespace {

bool is_text(std::string_view frame) {
    return (static_cast<unsigned char>(frame[0]) & 0x0FU) ==
           static_cast<unsigned char>(websocket::Opcode::text);
}

/// Of a frame from the server: unmasked, with one of the three lengths of RFC 6455 section 5.2.
std::string_view payload_of(std::string_view frame) {
    const auto length = static_cast<unsigned char>(frame[1]);
    return frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10);
}

}  // namespace

SharedBytes BinaryFrames::of(const SharedBytes& frame) {
    if (frame.empty() || !is_text(frame.view())) return frame;
    if (!tools_) tools_ = std::make_unique<Tools>();
    // A kept frame is held, so that its address cannot come to mean another one.
    const auto address = reinterpret_cast<std::uintptr_t>(frame.view().data());
    Kept& kept = tools_->kept[mix64(address) % kept_max];
    if (!kept.json.empty() && kept.json.view().data() == frame.view().data()) return kept.binary;
    const auto message = tools_->json->decode_server(payload_of(frame.view()));
    HUBBUB_ASSERT(message.has_value(), "the server reads what it wrote");
    tools_->payload.clear();
    tools_->binary->encode(*message, tools_->payload);
    kept.binary = websocket::make_frame(websocket::Opcode::binary, tools_->payload);
    kept.json = frame;
    return kept.binary;
}

}  // namespace hubbub
