// What one worker knows of presence: how its devices lived, how its users wanted to be seen, what its devices
// were told of others. Owned by a Checker; its thread only. The judge reads it after the run.
//
// Nothing is claimed that only this generator's clock would show. A ping is a sign of life like any frame,
// and its pong proves that it arrived, and that everything said to the device before had arrived too. So a
// row of pings that were answered promptly is time in which the server must have seen the device, and in
// which the device must have seen what it was told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "loadgen/check/evidence_book.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// Times in microseconds since the run's epoch.
struct DeviceLife {
    static constexpr std::uint64_t open = UINT64_MAX;

    /// Answered pings, at most a beat apart, each answered within half of one.
    struct Prompt {
        using PlainBytes = void;
        std::uint64_t from = 0, until = 0;
        std::uint64_t hello = 0;  ///< of the link
    };
    /// Nothing was said behind the frame of `said`, which was heard by `heard`.
    struct Quiet {
        using PlainBytes = void;
        std::uint64_t said = 0, heard = 0, until = open;
    };
    /// Closed by its user at `at`; heard by `heard`, open: nobody knows.
    struct Left {
        using PlainBytes = void;
        std::uint64_t at = 0, heard = open, until = open;
    };
    /// Asked at `said`, granted at `since`.
    struct Watched {
        using PlainBytes = void;
        std::uint64_t said = 0, since = 0, until = open;
    };
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.prompt, self.quiet, self.left, self.watched);
    }

    std::vector<Prompt> prompt;
    std::vector<Quiet> quiet;
    std::vector<Left> left;
    std::vector<Watched> watched;

    // the link under way
    std::uint64_t hello = open;
    std::uint64_t first_pong = open, last_ping = 0;      ///< of the row of prompt ones
    std::uint64_t proven_said = open, proven_heard = 0;  ///< the last answered ping

    [[nodiscard]] bool prompt_at(std::uint64_t at) const;
    /// The first moment from `at` on in which it was; open: none.
    [[nodiscard]] std::uint64_t prompt_from(std::uint64_t at) const;
};

/// How a user wanted to be seen; open: not granted.
struct PresenceWish {
    using PlainBytes = void;
    std::uint64_t said = 0, granted = DeviceLife::open;
    PresenceState state = PresenceState::online;
};

struct PresenceNote {
    using PlainBytes = void;
    std::uint64_t at = 0;
    DeviceIndex watcher;
    UserIndex user;
    PresenceState state = PresenceState::offline;
};

/// What the server promised in its welcome.
struct PresencePromise {
    using PlainBytes = void;
    std::uint64_t beat = 0, ttl = 0;
};

class PresenceBook {
  public:
    /// Notices that one worker keeps, 24 bytes each; what comes later is not judged.
    static constexpr std::size_t notes_max = 2'000'000;

    PresenceBook(const Plan& plan, Slice slice, Time epoch) : plan_(plan), slice_(slice), epoch_(epoch) {}

    [[nodiscard]] std::uint64_t micros(Time at) const;

    // ---- links of own devices
    void greeted(DeviceIndex device, Time now);  ///< hello was said
    void promised(Duration beat, Duration ttl);
    /// A ping goes out whose word is micros(now); `last_said`: of the frame before it.
    void pinged(DeviceIndex device, Time last_said, Time now);
    void ponged(DeviceIndex device, std::uint64_t word, Time now);
    /// The link is gone. `left`: its user closed it.
    void lost(DeviceIndex device, Time last_said, bool left, Time now);
    /// The link of a device that left ended in order.
    void farewell_heard(DeviceIndex device, Time now);

    // ---- users and what they watch
    std::size_t wished(UserIndex user, PresenceState state, Time now);
    void granted(UserIndex user, std::size_t wish, Time now);
    void watching(DeviceIndex device, Time asked, Time now);
    void noticed(DeviceIndex watcher, UserIndex user, PresenceState state, Time now);
    /// A notice of somebody whom the device does not watch.
    void told_a_stranger(DeviceIndex watcher, std::optional<UserIndex> user, Time now);

    /// Nothing more will be said.
    void finish(Time now);

    // ---- for the judge
    [[nodiscard]] const DeviceLife* life_of(DeviceIndex device) const;
    [[nodiscard]] std::span<const PresenceWish> wishes_of(UserIndex user) const;
    [[nodiscard]] const std::vector<PresenceNote>& notes() const { return notes_; }
    [[nodiscard]] const PresencePromise& promise() const { return promise_; }
    [[nodiscard]] std::uint64_t strangers() const { return strangers_; }
    [[nodiscard]] const EvidenceBook& evidence() const { return evidence_; }
    [[nodiscard]] std::uint64_t full_at() const { return full_at_; }  ///< no note is missing before
    [[nodiscard]] std::uint64_t ended_at() const { return ended_at_; }

    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.lives_, self.wishes_, self.notes_, self.promise_, self.strangers_, self.evidence_,
                self.full_at_, self.ended_at_);
    }

  private:
    DeviceLife& life(DeviceIndex device);
    void end_row(DeviceLife& life);

    const Plan& plan_;
    Slice slice_;
    Time epoch_;
    std::vector<DeviceLife> lives_;                  ///< by device; empty while nobody shows presence
    std::vector<std::vector<PresenceWish>> wishes_;  ///< by user, likewise
    std::vector<PresenceNote> notes_;
    PresencePromise promise_;
    std::uint64_t strangers_ = 0;
    EvidenceBook evidence_;
    std::uint64_t full_at_ = DeviceLife::open;
    std::uint64_t ended_at_ = DeviceLife::open;
};

}  // namespace hubbub
