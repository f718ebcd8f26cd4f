// RFC 6455 after the opening handshake, for both roles, as a pure machine: bytes in, messages out; no
// sockets. Owned by one connection; its thread only. At rest (between messages) it owns no buffer.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/shared_bytes.hpp"

namespace hubbub::websocket {

enum class Role : std::uint8_t { server, client };
enum class Opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA
};

struct FrameError {
    std::uint16_t close_code =
        1002;              ///< 1002 protocol, 1007 bad UTF-8, 1009 too big (RFC 6455 section 7.4.1)
    const char* why = "";  ///< the broken rule with its section, for people
};

[[noreturn]] inline void throw_exception_from_error(const FrameError& error, const boost::source_location&) {
    throw std::runtime_error(error.why);
}

/// What one step of the reader found.
struct Event {
    enum class Kind : std::uint8_t { need_more, message, ping, pong, close } kind = Kind::need_more;
    bool binary = false;           ///< message only
    std::uint16_t close_code = 0;  ///< close only; 1005 when the peer gave none
    std::string_view
        payload;  ///< message, ping, pong; close: the reason. Lives until the next call on this reader
};

/// Feed it a read: `input` is unmasked in place. Usage: set_input(bytes); while (event = next()) ...; what is
/// incomplete is kept inside until the next set_input. Whole unfragmented messages are handed out without a
/// copy. Text is checked to be UTF-8. After a close frame further control frames are passed over in silence
/// (section 1.4), data frames are an error (section 5.5.1).
class Reader {
  public:
    /// `role`: the end that reads. A server's reader demands masked frames, a client's reader refuses them.
    Reader(Role role, std::size_t message_bytes_max);
    ~Reader();
    Reader(Reader&& other) noexcept;
    Reader& operator=(Reader&& other) noexcept;
    /// Bytes may be modified and must stay alive until next() returned need_more.
    void set_input(std::span<char> input);
    /// After an error every further call returns the same error.
    Result<Event, FrameError> next();
    /// Bytes of unfinished frames and messages that are kept on the heap; 0 between messages.
    [[nodiscard]] std::size_t buffered_bytes() const;
    /// In the middle of a frame or of a fragmented message.
    [[nodiscard]] bool partial() const;

  private:
    struct Header;
    struct Assembly;
    // These say whether `event` is to be handed out; false: go on, unless fail() was called.
    bool begin_frame(Event& event);
    bool continue_frame(Event& event);
    bool finish_control(Opcode opcode, std::string_view payload, Event& event);
    bool take_header(Header& header);
    bool parse_header(std::string_view bytes, Header& header);
    bool parse_first_byte(unsigned char first, Header& header);
    bool fail(std::uint16_t code, const char* why);  ///< always false
    [[nodiscard]] std::size_t available() const;

    char* cursor_ = nullptr;
    char* end_ = nullptr;
    std::unique_ptr<Assembly> assembly_;  ///< empty at rest
    const char* why_ = nullptr;           ///< of the error, once there was one
    std::size_t message_bytes_max_;
    std::array<char, 14> header_{};  ///< a header that was cut by the end of the input
    std::uint8_t header_size_ = 0;
    Role role_;
    std::uint16_t code_ = 0;
    bool closed_ = false;
};
// A server holds one for each of a million connections.
static_assert(sizeof(Reader) <= 64);

/// Appends one unmasked, unfragmented frame (server to client). Shared by all its recipients.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
SharedBytes make_frame(Opcode opcode, std::string_view payload);
/// Appends one masked frame (client to server). `mask`: 32 fresh random bits (RFC 6455 section 5.3).
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask);
SharedBytes make_masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);
/// Payload of a close frame: code and reason (at most 123 bytes, cut at a UTF-8 boundary).
std::string close_payload(std::uint16_t code, std::string_view reason);
/// Whole-string UTF-8 check (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
bool valid_utf8(std::string_view text);

}  // namespace hubbub::websocket
