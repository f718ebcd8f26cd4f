// The reference server's dialect, word for word (docs/PROTOCOL.md): hubbub.v1.json, or as `hubbub-bin` its
// binary form.
#include "loadgen/adapters/adapter.hpp"

namespace hubbub {
namespace {

class HubbubAdapter final : public Adapter {
  public:
    HubbubAdapter(std::string_view name, std::unique_ptr<Codec> codec)
        : name_(name), codec_(std::move(codec)) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] BackendAbilities abilities() const override { return {}; }  // it shows everything
    [[nodiscard]] std::string_view subprotocol() const override { return codec_->subprotocol(); }
    [[nodiscard]] bool binary() const override { return codec_->binary(); }
    Spoken encode(const ClientMessage& message, const Speaker&, Payloads& out) override {
        codec_->encode(message, out.bytes);
        return Spoken::said;
    }
    Result<const ServerMessage*, DecodeError> decode(std::string_view payload, const Speaker&) override {
        auto message = codec_->decode_server(payload);
        if (!message) return message.error();
        heard_ = std::move(*message);
        return &heard_;
    }

  private:
    std::string_view name_;
    std::unique_ptr<Codec> codec_;
    ServerMessage heard_;
};

}  // namespace

std::unique_ptr<Adapter> make_hubbub_adapter() {
    return std::make_unique<HubbubAdapter>("hubbub", make_json_codec());
}
std::unique_ptr<Adapter> make_hubbub_bin_adapter() {
    return std::make_unique<HubbubAdapter>("hubbub-bin", make_binary_codec());
}

}  // namespace hubbub
