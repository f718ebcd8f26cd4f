#include <simdjson.h>

#include "protocol/codec.hpp"
#include "protocol/json_messages.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

class JsonCodec final : public Codec {
  public:
    JsonCodec() {
        // Grows by itself up to the largest message; what matters here is the depth.
        if (parser_.allocate(initial_bytes, limits::json_depth_max) != simdjson::SUCCESS)
            throw std::bad_alloc();
    }

    [[nodiscard]] std::string_view subprotocol() const override { return "hubbub.v1.json"; }
    [[nodiscard]] bool binary() const override { return false; }

    Result<ClientMessage, DecodeError> decode_client(std::string_view payload) override {
        if (!parse(payload, limits::client_message_bytes_max)) return fields_.take_error();
        ClientMessage message = json::read_client(fields_);
        if (!fields_.ok()) return fields_.take_error();
        return message;
    }

    Result<ServerMessage, DecodeError> decode_server(std::string_view payload) override {
        if (!parse(payload, limits::server_message_bytes_max)) return fields_.take_error();
        ServerMessage message = json::read_server(fields_);
        if (!fields_.ok()) return fields_.take_error();
        return message;
    }

    void encode(const ClientMessage& message, std::string& out) override { json::write(message, out); }
    void encode(const ServerMessage& message, std::string& out) override { json::write(message, out); }

  private:
    static constexpr std::size_t initial_bytes = 4096;

    bool parse(std::string_view payload, std::size_t bytes_max) {
        simdjson::dom::element root;
        fields_.reset();
        if (payload.size() > bytes_max) {
            fields_.fail(ErrorCode::too_large, "a message of " + std::to_string(payload.size()) +
                                                   " bytes, at most " + std::to_string(bytes_max) +
                                                   " are allowed");
        } else if (const auto error = parser_.parse(payload.data(), payload.size()).get(root)) {
            // The parser copies into its own padded buffer: callers' read buffers end where the bytes end.
            fields_.fail(ErrorCode::bad_message, std::string("not JSON: ") + simdjson::error_message(error));
        } else {
            fields_.gather(root);
        }
        return fields_.ok();
    }

    simdjson::dom::parser parser_;
    json::Fields fields_;
};

}  // namespace

std::unique_ptr<Codec> make_json_codec() {
    return std::make_unique<JsonCodec>();
}

}  // namespace hubbub
