// The links of one loop: slots with generations, so that a late event never reaches a successor.
// Owned by a loop; its thread only. At rest a link is its slot (64 bytes) and the kernel's socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "protocol/links.hpp"
#include "transport/descriptor.hpp"
#include "transport/outbox.hpp"
#include "transport/upgrade.hpp"

namespace hubbub {

enum class LinkState : std::uint8_t {
    free,
    connecting,  ///< dialed; the TCP connection does not stand yet
    upgrading,   ///< the HTTP handshake is under way
    open,        ///< the owner knows it
    closing,     ///< flush, shut our side, wait for the peer's end; what still arrives is thrown away
    ended,       ///< the descriptor is closed; the owner's last word is due
};

/// Exists only until the link is open.
struct Handshake {
    std::uint64_t token = 0;  ///< of the dial
    std::string request;      ///< what to send once connected
    std::variant<ServerUpgrade, ClientUpgrade> role;
    [[nodiscard]] bool dialed() const { return std::holds_alternative<ClientUpgrade>(role); }
};

struct LinkSlot {
    Outbox outbox;
    std::unique_ptr<Handshake> handshake;
    Descriptor fd;
    std::uint32_t generation = 1;
    std::uint32_t next_free = 0;
    LinkState state = LinkState::free;
    bool owned : 1 = false;        ///< the owner was told `opened`
    bool flush_due : 1 = false;    ///< stands in the loop's flush list
    bool write_armed : 1 = false;  ///< waits for EPOLLOUT
    bool read_shut : 1 = false;    ///< the peer has ended its side
    bool write_shut : 1 = false;   ///< we have ended ours
    bool read_held : 1 = false;    ///< the owner takes nothing for now
    bool tls : 1 = false;          ///< the loop keeps a TLS session for it
    bool broken : 1 = false;       ///< a send failed; what the peer said before is still to be read
};

static_assert(sizeof(LinkSlot) <= 64, "an idle connection pays for every byte of it");

class LinkTable {
  public:
    /// A fresh slot in state `connecting`, owning `fd`.
    LinkId allocate(Descriptor fd);
    /// Closes the descriptor and ends the id's life.
    void release(LinkId id);
    /// Nothing when the link was released, whoever has the slot now. References stay valid until release().
    [[nodiscard]] LinkSlot* find(LinkId id);
    [[nodiscard]] const LinkSlot* find(LinkId id) const;
    [[nodiscard]] std::size_t size() const { return used_; }

  private:
    static constexpr std::uint32_t chunk_bits = 9;  // 512 slots: slots never move, and growth copies nothing
    static constexpr std::uint32_t chunk_slots = 1U << chunk_bits;
    static constexpr std::uint32_t none = UINT32_MAX;
    [[nodiscard]] LinkSlot& at(std::uint32_t index) const {
        return chunks_[index >> chunk_bits][index & (chunk_slots - 1)];
    }

    std::vector<std::unique_ptr<LinkSlot[]>> chunks_;
    std::uint32_t fresh_ = 0;  // slots below it were used at least once
    std::uint32_t free_ = none;
    std::size_t used_ = 0;
};

}  // namespace hubbub
