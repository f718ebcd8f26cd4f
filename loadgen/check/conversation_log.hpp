// What one worker's receivers saw behind each sequence number of one conversation: the first arrival is kept,
// 40 bytes, the others are compared with it. Owned by one worker's checker; the judge reads it after the run.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include "base/ids.hpp"
#include "loadgen/check/seen_entry.hpp"
#include "loadgen/check/send_about.hpp"
#include "loadgen/check/stream_table.hpp"

namespace hubbub {

/// Microseconds since the run's epoch in 40 bits (12 days).
class Micros40 {
  public:
    static constexpr std::uint64_t none = (std::uint64_t{1} << 40) - 1;
    Micros40() { set(none); }
    void set(std::uint64_t micros) {
        const auto low = static_cast<std::uint32_t>(micros);
        std::memcpy(bytes_, &low, sizeof low);
        bytes_[4] = static_cast<std::uint8_t>(micros >> 32);
    }
    [[nodiscard]] std::uint64_t get() const {
        std::uint32_t low = 0;
        std::memcpy(&low, bytes_, sizeof low);
        return std::uint64_t{bytes_[4]} << 32 | low;
    }

  private:
    std::uint8_t bytes_[5];
};

/// What an entry is, as far as its own bytes tell.
enum class EntryClass : std::uint8_t {
    sound,       ///< a valid stamp that fits conversation and sender
    misfit,      ///< a valid stamp of another sender or conversation: altered on the way
    unstamped,   ///< no stamp, or a broken one: the ledgers say whether corrupt or invented
    foreign,     ///< another run's
    membership,  ///< joined
    left,
    role,
};

struct LogRecord {
    using PlainBytes = void;
    static constexpr std::uint32_t nobody = UINT32_MAX;
    /// Of an arrival at a receiver that was planned offline: it is no first and no last one.
    static constexpr std::uint64_t not_timed = Micros40::none;

    std::uint64_t hash = 0;         ///< 0: nothing seen behind this number
    std::uint32_t device = nobody;  ///< sound: the stamp's; else the wire's
    std::uint32_t k = 0;            ///< sound, or misfit in sender: the stamp's; else 0
    std::uint32_t number = 0;       ///< the wire's n; joined, left, role: 1 + the user who did it, 0: nobody
    std::uint32_t count = 0;        ///< receivers, the sending device excluded
    Micros40 intended, first, last;
    EntryClass kind : 3 = EntryClass::sound;
    std::uint8_t audited : 1 = 0;  ///< the history read at the end shows it

    void note_arrival(std::uint64_t at_us);
};
static_assert(sizeof(LogRecord) == 40);

/// A different content behind a number that has a record already, and the sender's own copies out of a
/// catch-up. Rare: holders are kept by name.
struct Alternative {
    LogRecord record;  ///< its `count` stays 0
    struct Holder {
        using PlainBytes = void;
        std::uint32_t stream;
        bool first;  ///< the first content that this receiver got behind the number
        bool own;    ///< its own send: it holds it, and was owed nothing
    };
    std::vector<Holder> holders;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.record, self.holders);
    }
};

/// How a content came to a receiver.
enum class Sighting : std::uint8_t {
    first,  ///< its first behind this number: a delivery
    own,    ///< the device's own send, as a resume shows it: no delivery
    again,
};

/// What a sighting told, for the live figures.
enum class News : std::uint8_t { nothing, new_content, differs };

class ConversationLog {
  public:
    explicit ConversationLog(Seq32 base) : base_(base) {}

    /// `q` is above base. `receiver`: stream of the whole plan.
    News seen(Seq32 q, const SeenEntry& entry, Sighting how, std::uint32_t receiver, std::uint64_t at_us);
    void audit(Seq32 q, const SeenEntry& entry);

    [[nodiscard]] Seq32 base() const { return base_; }
    [[nodiscard]] Seq32 top() const { return base_ + static_cast<Seq32>(records_.size()); }
    /// The record of `q`, hash 0 when nothing was seen.
    [[nodiscard]] const LogRecord& at(Seq32 q) const;

    struct ContentOf {
        using PlainBytes = void;
        Seq32 q;
        std::uint64_t hash;
        friend auto operator<=>(const ContentOf&, const ContentOf&) = default;
    };
    [[nodiscard]] const std::map<ContentOf, Alternative>& alternatives() const { return alternatives_; }

    /// A message that answers or changes another one.
    struct Related {
        using PlainBytes = void;
        Seq32 q;
        std::uint64_t hash;
        SendAbout about;
    };
    [[nodiscard]] const std::vector<Related>& related() const { return related_; }

    // Marks of the drain, set by the checker.
    Seq32 top_at_drain = 0;  ///< what had been seen before any audit began
    Seq32 reported_head = 0;
    Seq32 announced_head = 0;  ///< highest number that the target spoke of as there, and not sent
    bool audited = false, audit_failed = false;

    static ConversationLog blank() { return ConversationLog(0); }
    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.top_at_drain, self.reported_head, self.announced_head, self.audited, self.audit_failed,
                self.base_, self.records_, self.alternatives_, self.related_);
    }

  private:
    LogRecord& record(Seq32 q);
    Alternative& alternative(Seq32 q, const SeenEntry& entry);
    [[nodiscard]] bool had_other_first(Seq32 q, std::uint32_t receiver) const;
    LogRecord make(Seq32 q, const SeenEntry& entry);
    News seen_otherwise(Seq32 q, const SeenEntry& entry, Sighting how, std::uint32_t receiver,
                        std::uint64_t at_us);

    Seq32 base_;
    std::vector<LogRecord> records_;  ///< index: q - base - 1
    std::map<ContentOf, Alternative> alternatives_;
    std::vector<Related> related_;
};

}  // namespace hubbub
