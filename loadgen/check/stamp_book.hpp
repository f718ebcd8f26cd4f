// What one worker's receivers hold of every message, where entries have no numbers: one bit a delivery, found
// by stamp. Owned by one worker's checker, its thread only; the judge reads it after the run.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "loadgen/check/conversation_log.hpp"
#include "loadgen/check/evidence_book.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// A message as its stamp names it.
struct MessageName {
    using PlainBytes = void;
    std::uint32_t conversation = 0, device = 0, k = 0;
    friend auto operator<=>(const MessageName&, const MessageName&) = default;
};

struct HashOfMessageName {
    std::size_t operator()(const MessageName& name) const noexcept {
        return static_cast<std::size_t>(mix64(name.conversation, name.device, name.k));
    }
};

/// How a message reached this worker's receivers. The sending device is not among them.
struct StampedMessage {
    using PlainBytes = void;
    MessageName name;
    std::uint32_t count = 0;
    std::uint32_t bits = 0;  ///< first word of its receivers
    Micros40 first, last;
};

class StampBook {
  public:
    /// Receivers of one conversation whose order is watched: all of a group, a stated sample of a channel.
    static constexpr std::uint32_t ordered_receivers_max = 64;
    /// Contents without a stamp of this run that are kept apart: above it they are counted, and not compared.
    static constexpr std::size_t odd_contents_max = 10'000;

    StampBook(const Plan& plan, const Slice& slice);

    /// The device's session is up (again): what was sent before may have passed it by, or be shown again.
    void went_live(DeviceIndex device, std::uint64_t at_us);

    struct Sight {
        bool first = false;      ///< a delivery
        bool duplicate = false;  ///< again on an unbroken connection
        bool reordered = false;  ///< behind a later message of the same sender
    };
    Sight received(StreamIndex stream, const Stamp& stamp, std::uint64_t at_us);
    /// A content that no stamp explains. True when it was not seen before.
    bool odd(std::uint32_t conversation, std::uint64_t content_hash, EntryClass kind,
             const RawEvidence& about);

    // ---- for the judge
    [[nodiscard]] const StampedMessage* find(const MessageName& name) const;
    [[nodiscard]] const std::vector<StampedMessage>& messages() const { return messages_; }
    /// This worker's streams of a conversation, rising.
    [[nodiscard]] std::span<const std::uint32_t> streams_of(std::uint32_t conversation) const;
    /// `message` null: nobody holds it.
    [[nodiscard]] bool holds(const StampedMessage* message, std::uint32_t stream) const;
    /// Whether the device was there, without a break, from before that moment to the end.
    [[nodiscard]] bool there_since(DeviceIndex device, std::uint64_t at_us) const {
        return live_since_[device.value - slice_.first_device] < at_us;
    }
    struct OddContent {
        using PlainBytes = void;
        std::uint32_t conversation;
        std::uint64_t hash;
        friend auto operator<=>(const OddContent&, const OddContent&) = default;
    };
    [[nodiscard]] const std::map<OddContent, std::pair<EntryClass, RawEvidence>>& odd_contents() const {
        return odd_;
    }
    /// Online devices of a conversation, all workers'.
    [[nodiscard]] std::uint32_t devices_of(std::uint32_t conversation) const {
        return devices_[conversation];
    }

    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.live_since_, self.index_, self.messages_, self.words_, self.odd_);
    }

  private:
    StampedMessage& message(const MessageName& name);
    [[nodiscard]] bool watched(StreamIndex stream, std::uint32_t conversation) const;

    const Plan& plan_;
    const Slice slice_;
    std::vector<std::uint32_t> devices_;  ///< by conversation
    std::vector<std::uint32_t> begin_;    ///< by conversation: its part of streams_, one more at the end
    std::vector<std::uint32_t> streams_, rank_;  ///< rank_: by stream of the slice, its place in that part
    std::vector<std::uint64_t> live_since_;      ///< by device of the slice
    std::unordered_map<MessageName, std::uint32_t, HashOfMessageName> index_;
    std::vector<StampedMessage> messages_;
    std::vector<std::uint64_t> words_;
    std::unordered_map<std::uint64_t, std::uint32_t> last_k_;  ///< by stream and sending device
    std::map<OddContent, std::pair<EntryClass, RawEvidence>> odd_;
};

}  // namespace hubbub
