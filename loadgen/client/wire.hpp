// From the toolkit's words to masked WebSocket frames on a link.
// Owned by one client core (worker or setup); its thread only. Links and adapter outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "loadgen/adapters/adapter.hpp"
#include "protocol/links.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {

class Wire {
  public:
    /// `masks`: source of the frames' masking keys (RFC 6455 section 5.3: fresh for each frame).
    Wire(Links& links, Adapter& adapter, Random masks) : links_(links), adapter_(adapter), masks_(masks) {}

    /// Encodes and queues what one client says.
    Spoken say(LinkId link, const ClientMessage& message, const Speaker& speaker);
    /// Its pong carries the same 8 bytes: pong_word() reads them.
    void ping(LinkId link, std::uint64_t word);
    void pong(LinkId link, std::string_view payload);
    /// Sends a close frame, flushes, ends the link.
    void close(LinkId link, std::uint16_t code);

  private:
    std::uint32_t mask();

    Links& links_;
    Adapter& adapter_;
    Random masks_;
    Payloads payloads_;
};

/// The word of an own ping; nothing for a pong that answers none.
std::optional<std::uint64_t> pong_word(std::string_view payload);

}  // namespace hubbub
