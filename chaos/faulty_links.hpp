// Faults on the connections of a core, between it and whatever carries its bytes: it is the core's Links, and
// its carrier's LinkOwner. The same live and in virtual time. Owned by a worker core; its thread only. A link
// without faults passes straight through; no copy, no allocation.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chaos/fault_set.hpp"
#include "protocol/links.hpp"

namespace hubbub {

class FaultyLinks final : public Links, public LinkOwner {
  public:
    struct Options {
        /// The low half of a dial's token counts the core's clients from here. With it a connection's number
        /// is (how often it was dialed, which client): faults hang on it, not on who plays the client.
        std::uint32_t first_client = 0;
        Time start{};  ///< no time before it is named
        /// Faults on whole frames will come: boundaries are followed, so that they can join in.
        bool follow_frames = false;
    };
    /// All of them outlive it. Upstream is from the core to its peers.
    FaultyLinks(Links& carrier, LinkOwner& core, const FaultSet& faults, Options options);
    ~FaultyLinks() override;

    // ---- what goes wrong; between turns, or at the begin of turn()
    /// The set got a fault: those that it meets have it now.
    void placed(const PlacedFault& fault, Time now);
    /// The set is about to lose it. What it held goes on; a connection of which it swallowed bytes is reset.
    void leaving(const PlacedFault& fault, Time now);
    struct Standing {
        LinkId link;
        std::uint64_t number = 0;
        std::uint32_t endpoint = 0;
    };
    /// The core's open links.
    [[nodiscard]] std::vector<Standing> standing() const;
    /// Resets a link on both sides. False: it does not stand any more.
    bool reset(LinkId link, Time now);

    // ---- Links, for the core
    void send(LinkId link, const SharedBytes& frame) override;
    [[nodiscard]] std::size_t queued_bytes(LinkId link) const override;
    void close(LinkId link) override;
    void abort(LinkId link) override;
    void dial(std::uint64_t token, std::uint32_t endpoint) override;

    // ---- LinkOwner, for the carrier
    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override;

  private:
    struct Held;
    struct Link;
    /// What the core wanted of a link with faults: done at the end of its turn, which knows the time.
    struct Wish {
        enum class What : std::uint8_t { send, close, abort, dial };
        What what{};
        LinkId link{};
        SharedBytes frame{};
        std::uint64_t token = 0;
        std::uint32_t endpoint = 0;
    };
    /// What the core hears at the start of the next turn.
    struct Notice {
        LinkId link{};            // ended, or none:
        std::uint64_t token = 0;  // the dial that failed
        LinkEnd why{};
    };

    [[nodiscard]] Link* find(LinkId link);
    [[nodiscard]] const Link* find(LinkId link) const;
    [[nodiscard]] Link* carried(LinkId real);
    [[nodiscard]] LinkId id_of(const Link& link) const;
    Held& hold(Link& link, Time now);
    void join(Link& link, const PlacedFault& fault, Time now);
    void join_owed(Link& link, Time now);
    void flush(Time now);
    void fulfil(const Wish& wish, Time now);
    void let_dial(std::uint64_t token, std::uint32_t endpoint, Time now);
    void tell(Time now);
    void pump(Link& link, Time now);
    bool pump_up(Link& link, Time now);
    bool pump_down(Link& link, Time now);
    void rearm(Held& held);
    void end(Link& link, LinkEnd why);
    void part_from_carrier(Link& link);
    void free(Link& link);

    Links& carrier_;
    LinkOwner& core_;
    const FaultSet& faults_;
    const Options options_;
    struct Timers;
    std::unique_ptr<Timers> timers_;
    std::vector<Link> links_;
    std::vector<std::uint32_t> free_;
    std::vector<std::uint32_t> by_carrier_;  ///< by the slot of the carrier's link
    /// By token; looked up, never walked.
    std::unordered_map<std::uint64_t, std::uint32_t> dials_;
    std::map<std::pair<Time, std::uint64_t>, std::uint64_t> late_dials_;  ///< (when, order): token
    std::uint64_t order_ = 0;
    std::vector<Wish> wishes_, fulfilling_;
    std::vector<Notice> notices_, telling_;
};

}  // namespace hubbub
