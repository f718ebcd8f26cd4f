// One backend's dialect: the six verbs (open, join, send, acknowledge, receive, resume) to frames and back,
// without IO. One adapter object a worker; its thread only. A new backend is a new file in this folder and
// nothing else (docs/ADAPTERS.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "loadgen/plan/abilities.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

class Adapter {
  public:
    virtual ~Adapter() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual BackendAbilities abilities() const = 0;
    /// WebSocket subprotocol to ask for; empty: none.
    [[nodiscard]] virtual std::string_view subprotocol() const = 0;
    [[nodiscard]] virtual bool binary() const = 0;
    /// Appends the payload of one WebSocket message for what the client wants to say; nothing appended: this
    /// backend has no such word.
    virtual void encode(const ClientMessage& message, std::string& out) = 0;
    /// What the backend said, in the toolkit's words. Strings live until the next call or until `payload`
    /// dies.
    virtual Result<ServerMessage, DecodeError> decode(std::string_view payload) = 0;
};

/// The known adapters by name; nothing for an unknown one.
std::unique_ptr<Adapter> make_adapter(std::string_view name);
std::vector<std::string_view> adapter_names();

}  // namespace hubbub
