#include "loadgen/client/wire.hpp"

namespace hubbub {

using websocket::Opcode;

Spoken Wire::say(LinkId link, const ClientMessage& message, const Speaker& speaker) {
    payloads_.clear();
    const Spoken spoken = adapter_.encode(message, speaker, payloads_);
    const std::string_view bytes = payloads_.bytes;
    if (bytes.empty()) return spoken;
    const Opcode opcode = adapter_.binary() ? Opcode::binary : Opcode::text;
    if (payloads_.ends.empty()) {
        links_.send(link, websocket::make_masked_frame(opcode, bytes, mask()));
        return spoken;
    }
    std::size_t begin = 0;
    for (const std::uint32_t end : payloads_.ends) {
        links_.send(link, websocket::make_masked_frame(opcode, bytes.substr(begin, end - begin), mask()));
        begin = end;
    }
    return spoken;
}

void Wire::pong(LinkId link, std::string_view payload) {
    links_.send(link, websocket::make_masked_frame(Opcode::pong, payload, mask()));
}

void Wire::ping(LinkId link, std::uint64_t word) {
    char bytes[sizeof word];
    for (std::size_t i = 0; i < sizeof word; ++i) bytes[i] = static_cast<char>(word >> (8 * i) & 0xff);
    links_.send(link,
                websocket::make_masked_frame(Opcode::ping, std::string_view(bytes, sizeof bytes), mask()));
}

std::optional<std::uint64_t> pong_word(std::string_view payload) {
    std::uint64_t word = 0;
    if (payload.size() != sizeof word) return std::nullopt;
    for (std::size_t i = 0; i < sizeof word; ++i)
        word |= std::uint64_t{static_cast<unsigned char>(payload[i])} << (8 * i);
    return word;
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
