#include <cstring>

#include "base/assert.hpp"
#include "protocol/websocket.hpp"
#include "protocol/websocket_mask.hpp"

namespace hubbub::websocket {
namespace {

constexpr std::size_t control_payload_max = 125;  // RFC 6455 section 5.5
constexpr std::size_t header_bytes_max = 14;

struct Header {
    char bytes[header_bytes_max];
    std::size_t size;
};

void put(Header& header, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        header.bytes[header.size++] = static_cast<char>(value >> shift & 0xFF);
}

/// Always final, the shortest length form (section 5.2).
Header header_of(Opcode opcode, std::size_t length) {
    const auto code = static_cast<std::uint8_t>(opcode);
    HUBBUB_ASSERT(code < 8 || length <= control_payload_max, "control frames carry at most 125 bytes");
    Header header{};
    put(header, 0x80U | code, 1);
    if (length <= 125) {
        put(header, length, 1);
    } else if (length <= 0xFFFF) {
        put(header, 126, 1);
        put(header, length, 2);
    } else {
        put(header, 127, 1);
        put(header, length, 8);
    }
    return header;
}

Header masked_header_of(Opcode opcode, std::size_t length, std::uint32_t mask) {
    Header header = header_of(opcode, length);
    header.bytes[1] = static_cast<char>(static_cast<unsigned char>(header.bytes[1]) | 0x80U);
    std::memcpy(header.bytes + header.size, &mask, sizeof mask);
    header.size += sizeof mask;
    return header;
}

void write_frame(char* to, const Header& header, std::string_view payload) {
    std::memcpy(to, header.bytes, header.size);
    if (!payload.empty()) std::memcpy(to + header.size, payload.data(), payload.size());
}

void write_masked_frame(char* to, const Header& header, std::string_view payload, std::uint32_t mask) {
    std::memcpy(to, header.bytes, header.size);
    apply_mask(payload.data(), to + header.size, payload.size(), mask);
}

}  // namespace

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
    const Header header = header_of(opcode, payload.size());
    out.append(header.bytes, header.size).append(payload);
}

SharedBytes make_frame(Opcode opcode, std::string_view payload) {
    const Header header = header_of(opcode, payload.size());
    SharedBytes frame = SharedBytes::allocate(header.size + payload.size());
    write_frame(frame.writable().data(), header, payload);
    return frame;
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask) {
    const Header header = masked_header_of(opcode, payload.size(), mask);
    const std::size_t before = out.size();
    out.resize(before + header.size + payload.size());
    write_masked_frame(out.data() + before, header, payload, mask);
}

SharedBytes make_masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask) {
    const Header header = masked_header_of(opcode, payload.size(), mask);
    SharedBytes frame = SharedBytes::allocate(header.size + payload.size());
    write_masked_frame(frame.writable().data(), header, payload, mask);
    return frame;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    if (code == 1005 || code == 1006) return {};  // "none given" must not be sent as a code (section 7.4.1)
    std::size_t size = std::min(reason.size(), control_payload_max - 2);
    // Back to where a character begins, so that the cut reason is still UTF-8.
    if (size < reason.size())
        while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xC0U) == 0x80U) --size;
    std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    return out.append(reason.substr(0, size));
}

}  // namespace hubbub::websocket
