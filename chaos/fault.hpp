// The seam of all faults: a fault is a pure machine that is shown the bytes of one direction of a connection
// and says what becomes of them. Owned by one stage of a chain; its thread only. No clock, no IO.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "base/counter.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace hubbub {

/// How a direction ends. `finish` is the end of this stream alone (FIN); `close` ends the connection when
/// what passed has arrived; `reset` ends it at once (RST). All three travel behind the bytes that passed
/// before.
enum class Ending : std::uint8_t { none, finish, close, reset };

/// What waits in front of a fault.
struct Chunk {
    std::span<char> bytes;  ///< the oldest piece; may be changed in place. Empty: the ending waits
    std::span<char> all;    ///< it and the pieces behind it, in one
    Time arrived;           ///< of `bytes`
    Ending ending = Ending::none;
    bool end_behind = false;  ///< behind `all` nothing more will come
};

/// What a fault decides of a chunk.
struct FaultVerdict {
    enum class Act : std::uint8_t {
        pass,     ///< the first `bytes` go on at `at`; never before what went ahead of them
        copy,     ///< the same, and they wait here still
        swallow,  ///< the first `bytes` are gone
        hold,     ///< ask again at `at`, or when more has come
        end,      ///< the direction ends: what waits and what comes is swallowed
    };
    Act act = Act::hold;
    std::size_t bytes = 0;
    Time at = never;
    bool own_read = false;  ///< the receiver reads these bytes apart from what went before
    Ending ending = Ending::none;
    std::uint32_t bites = 0;  ///< how often the fault did its work by this

    static FaultVerdict pass(std::size_t bytes, Time at) {
        return {.act = Act::pass, .bytes = bytes, .at = at};
    }
    static FaultVerdict copy(std::size_t bytes, Time at) {
        return {.act = Act::copy, .bytes = bytes, .at = at};
    }
    static FaultVerdict swallow(std::size_t bytes) { return {.act = Act::swallow, .bytes = bytes}; }
    /// `until` lies behind now.
    static FaultVerdict hold(Time until) { return {.act = Act::hold, .at = until}; }
    static FaultVerdict end(Ending how) { return {.act = Act::end, .ending = how}; }
    [[nodiscard]] FaultVerdict biting(bool bit = true) const {
        FaultVerdict out = *this;
        out.bites = bit ? 1 : 0;
        return out;
    }
    [[nodiscard]] FaultVerdict as_own_read() const {
        FaultVerdict out = *this;
        out.own_read = true;
        return out;
    }
};

/// What a connection meets before it stands.
struct Opening {
    bool refused = false;
    Time at{};  ///< not before
};

class Fault {
  public:
    virtual ~Fault() = default;

    /// Bytes wait. Between 1 and chunk.all.size() of them are decided, or all are held.
    virtual FaultVerdict judge(const Chunk& chunk, Time now, Random& random) = 0;
    /// All bytes have passed and the end of the stream waits: pass(0), swallow(0), hold or end.
    virtual FaultVerdict judge_end(const Chunk& chunk, Time /*now*/, Random& /*random*/) {
        return FaultVerdict::pass(0, chunk.arrived);
    }
    /// When tick() is wanted, traffic or none.
    [[nodiscard]] virtual Time deadline() const { return never; }
    /// At the deadline: ends the direction, or holds (whatever until) and has moved its deadline behind now.
    virtual FaultVerdict tick(Time /*now*/) { return FaultVerdict::hold(never); }

    /// A connection is made; asked once, before any bytes.
    virtual Opening open(Time now, Random& /*random*/) { return {false, now}; }
    /// The peer is silently gone: what the other direction carries is swallowed too, and nothing ends.
    [[nodiscard]] virtual bool silences(Time /*now*/) const { return false; }
    /// The most bytes that may be inside of this direction while it has this fault.
    [[nodiscard]] virtual std::size_t window() const { return std::numeric_limits<std::size_t>::max(); }
    /// What it swallows are whole messages: the stream stays one without them. Else a stream that lost bytes
    /// cannot go on, as no network lets it.
    [[nodiscard]] virtual bool takes_whole_messages() const { return false; }
    /// The bytes that it must be able to see at once: the window is not below.
    [[nodiscard]] virtual std::size_t needs() const { return 0; }
};

/// How often a fault did its work: one that never bit has shown nothing. Outlives all chains that hold it.
struct FaultTally {
    RelaxedCounter connections;  ///< that drew it
    RelaxedCounter bites;
    RelaxedCounter swallowed_bytes;
};

}  // namespace hubbub
