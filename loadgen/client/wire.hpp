// From the toolkit's words to masked WebSocket frames on a link.
// Owned by one client core (worker or setup); its thread only. Links and adapter outlive it.
#pragma once

#include <string>

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

}  // namespace hubbub
