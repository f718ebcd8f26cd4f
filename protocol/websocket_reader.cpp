#include <algorithm>

#include "base/assert.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "protocol/websocket.hpp"
#include "protocol/websocket_mask.hpp"

namespace hubbub::websocket {
namespace {

constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t bad_text = 1007;
constexpr std::uint16_t too_big = 1009;
constexpr const char* wrong_text = "text that is not UTF-8 (section 8.1)";
constexpr const char* unfinished_text = "text that ends inside a character (section 8.1)";

bool is_control(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}

/// Section 7.4.2 and the codes registered since (1012 to 1014): what may stand in a close frame.
bool allowed_close_code(std::uint16_t code) {
    if (code >= 3000) return code <= 4999;
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

}  // namespace

struct Reader::Header {
    std::uint64_t length = 0;
    std::uint32_t mask = 0;
    Opcode opcode = Opcode::continuation;
    bool fin = false;
    std::uint8_t size = 0;  ///< of the header itself
};

/// What exists only while a frame or a message is incomplete.
struct Reader::Assembly {
    std::string message;          ///< the fragments so far, unmasked
    std::string control;          ///< a control frame that arrives in pieces, possibly between fragments
    Header frame;                 ///< the frame that is being read, its mask turned to the next byte
    std::uint64_t remaining = 0;  ///< of that frame's payload
    std::size_t fragments = 0;
    Utf8Checker utf8;
    bool in_frame = false;
    bool in_message = false;  ///< the final fragment has not been seen whole
    bool binary = false;
};

Reader::Reader(Role role, std::size_t message_bytes_max)
    : message_bytes_max_(message_bytes_max), role_(role) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

void Reader::set_input(std::span<char> input) {
    HUBBUB_ASSERT(cursor_ == end_ || closed_ || why_ != nullptr, "the last input was not read to its end");
    cursor_ = input.data();
    end_ = input.data() + input.size();
}

Result<Event, FrameError> Reader::next() {
    // What the last event showed has been used: own nothing at rest.
    if (assembly_ && !assembly_->in_frame) {
        assembly_->control.clear();
        if (!assembly_->in_message) assembly_.reset();
    }
    Event event;
    while (why_ == nullptr) {
        const bool done = assembly_ && assembly_->in_frame ? continue_frame(event) : begin_frame(event);
        if (done) return event;
    }
    return FrameError{code_, why_};
}

bool Reader::begin_frame(Event& event) {
    Header header;
    if (!take_header(header)) return why_ == nullptr;
    const bool control = is_control(header.opcode);
    const bool whole = header.fin && header.opcode != Opcode::continuation;  // no fragments
    if (whole && available() >= header.length) {
        const auto size = static_cast<std::size_t>(header.length);
        if (role_ == Role::server) apply_mask(cursor_, cursor_, size, header.mask);
        const std::string_view payload(cursor_, size);
        cursor_ += size;
        if (control) return finish_control(header.opcode, payload, event);
        const bool binary = header.opcode == Opcode::binary;
        Utf8Checker utf8;
        if (!binary && !utf8.feed(payload)) return fail(bad_text, wrong_text);
        if (!utf8.complete()) return fail(bad_text, unfinished_text);
        event = {.kind = Event::Kind::message, .binary = binary, .payload = payload};
        return true;
    }
    if (!assembly_) assembly_ = std::make_unique<Assembly>();
    Assembly& partial = *assembly_;
    partial.frame = header;
    partial.remaining = header.length;
    partial.in_frame = true;
    if (control) {
        partial.control.clear();
    } else {
        if (header.opcode != Opcode::continuation) partial.binary = header.opcode == Opcode::binary;
        partial.in_message = true;
        ++partial.fragments;
    }
    return continue_frame(event);
}

bool Reader::continue_frame(Event& event) {
    Assembly& partial = *assembly_;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(partial.remaining, available()));
    if (role_ == Role::server) {
        apply_mask(cursor_, cursor_, size, partial.frame.mask);
        partial.frame.mask = rotate_mask(partial.frame.mask, size);
    }
    const std::string_view piece(cursor_, size);
    cursor_ += size;
    partial.remaining -= size;
    const bool control = is_control(partial.frame.opcode);
    if (!control && !partial.binary && !partial.utf8.feed(piece)) return fail(bad_text, wrong_text);
    (control ? partial.control : partial.message).append(piece);
    if (partial.remaining > 0) return true;

    partial.in_frame = false;
    if (control) return finish_control(partial.frame.opcode, partial.control, event);
    if (!partial.frame.fin) return false;
    if (!partial.utf8.complete()) return fail(bad_text, unfinished_text);
    partial.in_message = false;
    event = {.kind = Event::Kind::message, .binary = partial.binary, .payload = partial.message};
    return true;
}

bool Reader::finish_control(Opcode opcode, std::string_view payload, Event& event) {
    if (closed_) return false;  // no more than tolerated after a close frame
    if (opcode != Opcode::close) {
        event.kind = opcode == Opcode::ping ? Event::Kind::ping : Event::Kind::pong;
        event.payload = payload;
        return true;
    }
    if (payload.size() == 1) return fail(protocol_error, "close frame with half a code (section 5.5.1)");
    event.kind = Event::Kind::close;
    event.close_code = 1005;
    if (!payload.empty()) {
        event.close_code = static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
        event.payload = payload.substr(2);
        if (!allowed_close_code(event.close_code))
            return fail(protocol_error, "close code that must not be sent (section 7.4)");
        if (!valid_utf8(event.payload))
            return fail(bad_text, "close reason that is not UTF-8 (section 5.5.1)");
    }
    closed_ = true;
    return true;
}

/// From the input, or from the piece kept of the last one and the input. False: incomplete, or broken (why_).
bool Reader::take_header(Header& header) {
    if (header_size_ == 0 && parse_header({cursor_, available()}, header)) {
        cursor_ += header.size;
        return true;
    }
    if (why_ != nullptr) return false;
    const std::size_t kept = header_size_;
    const std::size_t more = std::min(available(), header_.size() - kept);
    std::copy_n(cursor_, more, header_.begin() + static_cast<std::ptrdiff_t>(kept));
    if (!parse_header({header_.data(), kept + more}, header)) {
        header_size_ = static_cast<std::uint8_t>(kept + more);
        cursor_ += more;
        return false;
    }
    cursor_ += header.size - kept;
    header_size_ = 0;
    return true;
}

/// Section 5.2, byte by byte, so that a header is refused at its first wrong byte and a huge frame before any
/// of it is kept. False: incomplete, or broken (why_).
bool Reader::parse_header(std::string_view bytes, Header& header) {
    if (bytes.empty() || !parse_first_byte(static_cast<unsigned char>(bytes[0]), header)) return false;
    if (bytes.size() < 2) return false;
    const auto second = static_cast<unsigned char>(bytes[1]);
    const bool masked = (second & 0x80U) != 0;
    if (masked != (role_ == Role::server))
        return fail(protocol_error, masked ? "masked frame from a server (section 5.1)"
                                           : "unmasked frame from a client (section 5.1)");
    header.length = second & 0x7FU;
    header.size = 2;
    if (header.length > 125) {
        if (is_control(header.opcode))
            return fail(protocol_error, "control frame of more than 125 bytes (section 5.5)");
        const std::size_t width = header.length == 126 ? 2 : 8;
        if (bytes.size() < 2 + width) return false;
        header.length = big_endian(bytes.substr(2, width));
        header.size = static_cast<std::uint8_t>(2 + width);
        if (header.length >> 63 != 0) return fail(protocol_error, "length of 64 bits (section 5.2)");
        if (header.length <= (width == 2 ? 125U : 0xFFFFU))
            return fail(protocol_error, "length not in its shortest form (section 5.2)");
    }
    const std::size_t before = assembly_ && !is_control(header.opcode) ? assembly_->message.size() : 0;
    if (!is_control(header.opcode) && header.length > message_bytes_max_ - before)
        return fail(too_big, "message above the size limit (section 7.4.1)");
    if (!masked) return true;
    if (bytes.size() < header.size + sizeof header.mask) return false;
    std::copy_n(bytes.data() + header.size, sizeof header.mask, reinterpret_cast<char*>(&header.mask));
    header.size = static_cast<std::uint8_t>(header.size + sizeof header.mask);
    return true;
}

bool Reader::parse_first_byte(unsigned char first, Header& header) {
    header.fin = (first & 0x80U) != 0;
    header.opcode = static_cast<Opcode>(first & 0x0FU);
    if ((first & 0x70U) != 0) return fail(protocol_error, "reserved bit set without extension (section 5.2)");
    const bool in_message = assembly_ && assembly_->in_message;
    switch (header.opcode) {
        case Opcode::close:
        case Opcode::ping:
        case Opcode::pong:
            return header.fin || fail(protocol_error, "fragmented control frame (section 5.5)");
        case Opcode::continuation:
            if (!in_message) return fail(protocol_error, "continuation of no message (section 5.4)");
            if (assembly_->fragments >= limits::fragments_max)
                return fail(too_big, "message of too many fragments (section 7.4.1)");
            break;
        case Opcode::text:
        case Opcode::binary:
            if (in_message) return fail(protocol_error, "new message inside a fragmented one (section 5.4)");
            break;
        default:
            return fail(protocol_error, "reserved opcode (section 5.2)");
    }
    return !closed_ || fail(protocol_error, "data after the close frame (section 5.5.1)");
}

bool Reader::fail(std::uint16_t code, const char* why) {
    code_ = code;
    why_ = why;
    cursor_ = end_;
    assembly_.reset();
    return false;
}

std::size_t Reader::available() const {
    return static_cast<std::size_t>(end_ - cursor_);
}

std::size_t Reader::buffered_bytes() const {
    return header_size_ + (assembly_ ? assembly_->message.size() + assembly_->control.size() : 0);
}

bool Reader::partial() const {
    return header_size_ > 0 || (assembly_ && (assembly_->in_frame || assembly_->in_message));
}

}  // namespace hubbub::websocket
