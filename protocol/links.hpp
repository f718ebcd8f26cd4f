// The port between a core and whatever carries its bytes: the socket loop live, a pipe in the simulator.
// Both sides live on one thread. After the HTTP upgrade: only WebSocket bytes pass here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/ids.hpp"
#include "base/shared_bytes.hpp"
#include "base/time.hpp"

namespace hubbub {

/// Why a dial failed or a link ended, for grouped error reports ("which stage").
enum class LinkEnd : std::uint8_t {
    closed_by_peer,  ///< orderly end of stream
    reset,           ///< ECONNRESET and kin
    closed_by_us,    ///< what close() asked for has happened
    connect_refused,
    connect_failed,  ///< any other failure before the TCP connection stood
    connect_timeout,
    http_status,      ///< the upgrade was refused: detail = HTTP status
    upgrade_invalid,  ///< the answer was no valid upgrade
    tls_untrusted,    ///< the peer's certificate is not to be trusted, or not for this host
    tls_failed,       ///< anything else about TLS: no TLS there, version, broken bytes
    no_descriptors,   ///< EMFILE / ENFILE / ports exhausted: the generator's own limit
};

std::string_view name(LinkEnd end);

/// What a core may do with its connections. Nothing is sent before the end of the turn.
class Links {
  public:
    virtual ~Links() = default;
    /// Queues one whole frame; all frames of a turn leave in one system call. Sending to a link that has
    /// ended is allowed and does nothing.
    virtual void send(LinkId link, const SharedBytes& frame) = 0;
    /// Bytes queued and not yet taken by the carrier; the core applies its slow-reader policy by it.
    [[nodiscard]] virtual std::size_t queued_bytes(LinkId link) const = 0;
    /// Flushes what is queued, then ends the link. `closed` will follow with closed_by_us unless the peer was
    /// first.
    virtual void close(LinkId link) = 0;
    /// Ends the link at once and drops what is queued (slow readers, silence). `closed` follows in a later
    /// turn.
    virtual void abort(LinkId link) = 0;
    /// Whether what the peer says is taken; links begin with it. What is not taken stays with the peer, as
    /// far as buffers do not hide it. A carrier of tests may take everything.
    virtual void set_reading(LinkId /*link*/, bool /*reading*/) {}
    /// Starts a connection; `opened` or `dial_failed` with this token follows in a later turn. Servers never
    /// call it.
    virtual void dial(std::uint64_t token, std::uint32_t endpoint) = 0;
};

/// What the carrier tells the core. Inputs of one turn share one `now`.
class LinkOwner {
  public:
    virtual ~LinkOwner() = default;
    /// token: of the dial, 0 for an accepted link.
    virtual void opened(LinkId link, std::uint64_t token, Time now) = 0;
    virtual void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) = 0;
    /// `bytes` may be modified (unmasked in place) and is only valid during the call.
    virtual void received(LinkId link, std::span<char> bytes, Time now) = 0;
    /// The last word about this link, exactly once for each opened one.
    virtual void closed(LinkId link, LinkEnd why, Time now) = 0;
    /// After the inputs of a turn: timers that are due, sliced work, batches to submit. Called once a turn,
    /// always.
    virtual void turn(Time now) = 0;
    /// When turn() is wanted at the latest if nothing arrives; `now` or earlier: at once (there is sliced
    /// work left).
    [[nodiscard]] virtual Time next_deadline() const = 0;
};

}  // namespace hubbub
