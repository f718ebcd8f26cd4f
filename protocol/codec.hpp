// A wire form of the messages. One object a thread (it owns parser scratch); bytes in and out are WebSocket
// payloads. Owned by a shard or a worker core; its thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// What was wrong with bytes from a peer. `detail` is for logs and the sender's error text; it never quotes
/// secrets.
struct DecodeError {
    ErrorCode code = ErrorCode::bad_message;
    std::string detail = {};
    // What a refusal can name, as in Rejected: set when the request's id, or the send's conversation and n,
    // were read before the error was found. A too_large that names something is refused alone; everything
    // else closes the connection.
    RequestId id = 0;
    ConversationId conversation = {};
    WireNumber number = 0;
    [[nodiscard]] bool refused_alone() const {
        return code == ErrorCode::too_large && (id != 0 || number != 0);
    }
};

[[noreturn]] inline void throw_exception_from_error(const DecodeError& error, const boost::source_location&) {
    throw std::runtime_error(error.detail);
}

class Codec {
  public:
    virtual ~Codec() = default;
    /// WebSocket subprotocol, such as "hubbub.v1.json".
    [[nodiscard]] virtual std::string_view subprotocol() const = 0;
    [[nodiscard]] virtual bool binary() const = 0;
    /// Strings in the result live until the next call on this codec or until `payload` dies.
    virtual Result<ClientMessage, DecodeError> decode_client(std::string_view payload) = 0;
    virtual Result<ServerMessage, DecodeError> decode_server(std::string_view payload) = 0;
    /// Appends the payload to `out`.
    virtual void encode(const ClientMessage& message, std::string& out) = 0;
    virtual void encode(const ServerMessage& message, std::string& out) = 0;
};

/// hubbub.v1.json: simdjson reads, an own writer writes the fixed shapes.
std::unique_ptr<Codec> make_json_codec();
/// hubbub.v1.bin: the same messages as numbers and lengths, about half the bytes and a tenth of the work.
std::unique_ptr<Codec> make_binary_codec();

/// 22 base64url characters (RFC 4648 section 5, no padding); the last one carries 2 bits.
void append_conversation_id(std::string& out, const ConversationId& id);
std::string to_string(const ConversationId& id);
/// Nothing unless it is exactly the canonical form.
bool parse_conversation_id(std::string_view text, ConversationId& id);

}  // namespace hubbub
