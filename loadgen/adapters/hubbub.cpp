// The reference server's dialect: hubbub.v1.json, word for word (docs/PROTOCOL.md).
#include "loadgen/adapters/adapter.hpp"

namespace hubbub {
namespace {

class HubbubAdapter final : public Adapter {
  public:
    [[nodiscard]] std::string_view name() const override { return "hubbub"; }
    [[nodiscard]] BackendAbilities abilities() const override { return {}; }  // it shows everything
    [[nodiscard]] std::string_view subprotocol() const override { return codec_->subprotocol(); }
    [[nodiscard]] bool binary() const override { return codec_->binary(); }
    void encode(const ClientMessage& message, std::string& out) override { codec_->encode(message, out); }
    Result<ServerMessage, DecodeError> decode(std::string_view payload) override {
        return codec_->decode_server(payload);
    }

  private:
    std::unique_ptr<Codec> codec_ = make_json_codec();
};

}  // namespace

std::unique_ptr<Adapter> make_hubbub_adapter() {
    return std::make_unique<HubbubAdapter>();
}

}  // namespace hubbub
