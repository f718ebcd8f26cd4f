#include "loadgen/client/wire.hpp"

namespace hubbub {

using websocket::Opcode;

bool Wire::say(LinkId link, const ClientMessage& message) {
    payload_.clear();
    adapter_.encode(message, payload_);
    if (payload_.empty()) return false;
    const Opcode opcode = adapter_.binary() ? Opcode::binary : Opcode::text;
    links_.send(link, websocket::make_masked_frame(opcode, payload_, mask()));
    return true;
}

void Wire::pong(LinkId link, std::string_view payload) {
    links_.send(link, websocket::make_masked_frame(Opcode::pong, payload, mask()));
}

void Wire::close(LinkId link, std::uint16_t code) {
    links_.send(link,
                websocket::make_masked_frame(Opcode::close, websocket::close_payload(code, {}), mask()));
    links_.close(link);
}

std::uint32_t Wire::mask() {
    return static_cast<std::uint32_t>(masks_.next() >> 32);
}

}  // namespace hubbub
