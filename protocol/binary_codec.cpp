#include "protocol/binary_reader.hpp"
#include "protocol/binary_shapes_client.hpp"
#include "protocol/binary_shapes_server.hpp"
#include "protocol/binary_writer.hpp"
#include "protocol/codec.hpp"

namespace hubbub {
namespace {

/// Reads alternative `tag` of a variant. Later alternatives may be appended, never moved: a tag is for ever.
template <class Message, std::size_t index = 0>
bool read_alternative(binary::Reader& reader, std::size_t tag, Message& message) {
    if constexpr (index == std::variant_size_v<Message>) {
        return false;
    } else {
        if (tag != index) return read_alternative<Message, index + 1>(reader, tag, message);
        shape(reader, message.template emplace<index>());
        return true;
    }
}

template <class Message>
Result<Message, DecodeError> read(std::string_view payload, std::size_t bytes_max) {
    binary::Reader reader(payload.substr(0, std::min(payload.size(), bytes_max)));
    Message message;
    if (payload.size() > bytes_max) {
        reader.fail(ErrorCode::too_large, "message", "has more than " + std::to_string(bytes_max) + " bytes");
        return reader.take_error();
    }
    std::uint32_t tag = 0;
    reader.number("type", tag, 1);
    if (reader.ok() && !read_alternative(reader, tag - 1, message))
        reader.fail(ErrorCode::bad_message, "type", "is none of this protocol's (docs/PROTOCOL.md)");
    // What follows a known message's fields is of a later version: ignored, as unknown fields of JSON are.
    if (!reader.ok()) return reader.take_error();
    return message;
}

class BinaryCodec final : public Codec {
  public:
    [[nodiscard]] std::string_view subprotocol() const override { return "hubbub.v1.bin"; }
    [[nodiscard]] bool binary() const override { return true; }
    Result<ClientMessage, DecodeError> decode_client(std::string_view payload) override {
        return read<ClientMessage>(payload, limits::client_message_bytes_max);
    }
    Result<ServerMessage, DecodeError> decode_server(std::string_view payload) override {
        return read<ServerMessage>(payload, limits::server_message_bytes_max);
    }
    void encode(const ClientMessage& message, std::string& out) override { write(message, out); }
    void encode(const ServerMessage& message, std::string& out) override { write(message, out); }

  private:
    template <class Message>
    static void write(const Message& message, std::string& out) {
        binary::Writer writer(out);
        writer.number("type", message.index() + 1);
        std::visit([&writer](const auto& one) { shape(writer, one); }, message);
    }
};

}  // namespace

std::unique_ptr<Codec> make_binary_codec() {
    return std::make_unique<BinaryCodec>();
}

}  // namespace hubbub
