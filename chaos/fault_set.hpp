// The faults of one proxy or link profile, in order: what they are, whom they meet, how often they bit.
// Owned by the proxy's loop or the world; its thread only (tallies: read by any).
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/fault_chain.hpp"
#include "chaos/fault_kind.hpp"

namespace hubbub {

/// Towards the server, or towards the client.
enum class FaultStream : std::uint8_t { upstream, downstream };
inline constexpr FaultStream fault_streams[] = {FaultStream::upstream, FaultStream::downstream};
constexpr std::string_view name(FaultStream stream) {
    return stream == FaultStream::upstream ? "upstream" : "downstream";
}

/// A value.
struct FaultSpec {
    std::string name;
    const FaultKind* kind = nullptr;
    FaultStream stream = FaultStream::downstream;
    double toxicity = 1;  ///< share of the connections that meet it
    FaultValues values;
    /// Beside the toxicity: may this connection (its number, and the endpoint that it was dialed to) meet it?
    /// Empty: any.
    std::function<bool(std::uint64_t connection, std::uint32_t endpoint)> only{};
};

struct PlacedFault {
    FaultSpec spec;
    FaultChain::FaultId id = 0;
    Time added;
    mutable FaultTally tally;  ///< counted by whoever meets it
};

class FaultSet {
  public:
    /// Which connections a fault with a toxicity below 1 meets depends on the seed, the fault's name and the
    /// connection's number alone.
    explicit FaultSet(std::uint64_t seed) : seed_(seed) {}

    /// The name is not taken.
    const PlacedFault& add(FaultSpec spec, Time now);
    /// Null: no such name.
    PlacedFault* find(std::string_view name);
    void remove(std::string_view name);
    [[nodiscard]] const std::vector<std::unique_ptr<PlacedFault>>& all() const { return faults_; }

    [[nodiscard]] bool meets(const PlacedFault& fault, std::uint64_t connection,
                             std::uint32_t endpoint = 0) const;
    [[nodiscard]] Random random_of(const PlacedFault& fault, std::uint64_t connection) const;

  private:
    std::uint64_t seed_;
    FaultChain::FaultId last_id_ = 0;
    std::vector<std::unique_ptr<PlacedFault>> faults_;
};

/// Both directions of one connection.
class ConnectionFaults {
  public:
    /// `number`: of the connection, from 0. Draws its faults out of the set, which must outlive it.
    ConnectionFaults(const FaultSet& set, std::uint64_t number, Time now);
    /// Of a connection that stands: it met what befalls a dial already, in knock(). Without faults yet:
    /// place().
    ConnectionFaults(std::uint64_t number, std::uint32_t endpoint, Time now)
        : number_(number), endpoint_(endpoint), opening_{false, now} {}

    /// What becomes of a dial.
    static Opening knock(const FaultSet& set, std::uint64_t number, std::uint32_t endpoint, Time now);

    [[nodiscard]] const Opening& opening() const { return opening_; }
    FaultChain& chain(FaultStream stream) { return stream == FaultStream::upstream ? up_ : down_; }
    [[nodiscard]] const FaultChain& chain(FaultStream stream) const {
        return stream == FaultStream::upstream ? up_ : down_;
    }
    [[nodiscard]] Time next_deadline() const { return std::min(up_.next_deadline(), down_.next_deadline()); }

    /// What a source said; swallowed when its direction is silenced by a fault of the other.
    void write(FaultStream stream, std::string_view bytes, Time now);
    void end(FaultStream stream, Ending how, Time now);
    [[nodiscard]] bool silent(Time now) const { return up_.silencer(now) || down_.silencer(now); }

    /// The set has changed: a fault was added, got other values or another toxicity, or is about to go.
    void place(const FaultSet& set, const PlacedFault& fault, Time now);
    void drop(const PlacedFault& fault, Time now);
    [[nodiscard]] bool has(const PlacedFault& fault) const { return chain(fault.spec.stream).has(fault.id); }
    /// Bytes of one of the streams are gone for good.
    [[nodiscard]] bool torn() const { return torn_ || up_.torn() || down_.torn(); }

  private:
    FaultChain& against(FaultStream stream) { return stream == FaultStream::upstream ? down_ : up_; }

    std::uint64_t number_;
    std::uint32_t endpoint_ = 0;
    FaultChain up_, down_;
    Opening opening_;
    bool torn_ = false;
};

}  // namespace hubbub
