// What waits in front of one slow reader's full outbox, sorted by what it is, so that the right thing goes
// when it is too much. Exists only while the reader is slow. Owned by SlowReaders; its thread only.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/shared_bytes.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// What a frame is to a reader that cannot have everything.
enum class FrameClass : std::uint8_t {
    kept,    ///< acks, answers, what a resume promised: never dropped
    notice,  ///< typing, presence: the next one says as much
    state,   ///< receipts, reactions: can be asked for
    entry,   ///< of the log: announced when it is dropped, and read by history
};
inline constexpr std::size_t frame_classes = 4;

struct FrameLabel {
    FrameClass what = FrameClass::kept;
    ConversationId conversation = {};  ///< entries only, as is the sequence
    Sequence sequence = 0;
    bool leaves = false;  ///< a `left` entry
    std::string key{};    ///< what the notice or state is about; a later one about the same makes it needless
};

class Backlog {
  public:
    /// `keyed`: newer notices and states are to find older ones about the same.
    explicit Backlog(bool keyed) : keyed_(keyed) {}
    void push(const FrameLabel& label, SharedBytes frame);
    /// The frame that waits under this key; null: none does.
    [[nodiscard]] const SharedBytes* waiting(const std::string& key) const;
    /// Puts a newer frame into its place. `waiting(key)` must not be null.
    void replace(const std::string& key, SharedBytes frame);

    /// Drops the oldest frame of this class; false: there is none. A dropped entry leaves a hole in its
    /// place.
    bool drop(FrameClass what);
    /// The class of the oldest frame that may go.
    [[nodiscard]] std::optional<FrameClass> oldest() const;

    /// Frames and holes in the order in which they came.
    struct Next {
        SharedBytes frame;
        Skipped hole;  ///< when `frame` is empty: to be announced here
    };
    [[nodiscard]] bool empty() const;
    [[nodiscard]] std::size_t next_bytes() const;  ///< of the next one, which must be there
    Next pop();

    /// Of all that waits, announcements of holes included.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t kept() const { return lane(FrameClass::kept).frames.size(); }

  private:
    struct Held {
        std::uint64_t order = 0;
        SharedBytes frame;
        ConversationId conversation = {};
        Sequence sequence = 0;
        std::string key;
    };
    struct Lane {
        std::deque<Held> frames;
        std::uint64_t popped = 0;  ///< frames that were before the first
    };
    /// Entries of one conversation that follow each other, with nothing of it kept between.
    struct Hole {
        std::uint64_t order = 0;  ///< of the first entry
        Skipped range;
    };
    [[nodiscard]] Lane& lane(FrameClass what) { return lanes_[static_cast<std::size_t>(what)]; }
    [[nodiscard]] const Lane& lane(FrameClass what) const { return lanes_[static_cast<std::size_t>(what)]; }
    [[nodiscard]] std::optional<std::size_t> next_lane() const;
    Held take_front(Lane& lane);
    void leave_hole(const Held& entry);

    bool keyed_;
    std::array<Lane, frame_classes> lanes_;
    std::deque<Hole> holes_;
    std::uint64_t holes_popped_ = 0;
    std::unordered_map<ConversationId, std::uint64_t> last_hole_;  ///< its place, counted from the first ever
    std::unordered_map<std::string, std::pair<FrameClass, std::uint64_t>> by_key_;
    std::uint64_t next_order_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace hubbub
