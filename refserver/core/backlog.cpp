#include "refserver/core/backlog.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {
namespace {

// A `skipped` frame with two long numbers: what a hole costs when it is announced.
constexpr std::size_t announcement_bytes = 112;

constexpr std::size_t hole_lane = frame_classes;
constexpr std::array may_go = {FrameClass::notice, FrameClass::state, FrameClass::entry};

}  // namespace

void Backlog::push(const FrameLabel& label, SharedBytes frame) {
    Lane& to = lane(label.what);
    bytes_ += frame.size();
    to.frames.push_back({next_order_++, std::move(frame), label.conversation, label.sequence, {}});
    if (!keyed_ || label.key.empty()) return;
    to.frames.back().key = label.key;
    by_key_[label.key] = {label.what, to.popped + to.frames.size() - 1};
}

const SharedBytes* Backlog::waiting(const std::string& key) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    const Lane& in = lane(found->second.first);
    return &in.frames[found->second.second - in.popped].frame;
}

void Backlog::replace(const std::string& key, SharedBytes frame) {
    const auto& [what, place] = by_key_.at(key);
    Lane& in = lane(what);
    SharedBytes& old = in.frames[place - in.popped].frame;
    bytes_ += frame.size();
    bytes_ -= old.size();
    old = std::move(frame);
}

Backlog::Held Backlog::take_front(Lane& from) {
    Held held = std::move(from.frames.front());
    from.frames.pop_front();
    bytes_ -= held.frame.size();
    if (!held.key.empty()) {
        const auto found = by_key_.find(held.key);
        if (found != by_key_.end() && found->second.second == from.popped) by_key_.erase(found);
    }
    ++from.popped;
    return held;
}

bool Backlog::drop(FrameClass what) {
    HUBBUB_ASSERT(what != FrameClass::kept, "what is kept is never dropped");
    if (lane(what).frames.empty()) return false;
    const Held held = take_front(lane(what));
    if (what == FrameClass::entry) leave_hole(held);
    return true;
}

/// Entries are dropped in their order, so a conversation's last hole is the only one that may grow. An ack
/// that stands between two of them ends it: the numbers do not follow each other.
void Backlog::leave_hole(const Held& entry) {
    const auto [place, first] = last_hole_.try_emplace(entry.conversation, 0U);
    if (!first) {
        Skipped& range = holes_[place->second - holes_popped_].range;
        if (range.until + 1 == entry.sequence) {
            ++range.until;
            return;
        }
    }
    place->second = holes_popped_ + holes_.size();
    holes_.push_back({entry.order, {entry.conversation, entry.sequence, entry.sequence}});
    bytes_ += announcement_bytes;
}

std::optional<FrameClass> Backlog::oldest() const {
    std::optional<FrameClass> out;
    for (const FrameClass what : may_go) {
        const auto& frames = lane(what).frames;
        if (!frames.empty() && (!out || frames.front().order < lane(*out).frames.front().order)) out = what;
    }
    return out;
}

std::optional<std::size_t> Backlog::next_lane() const {
    std::optional<std::size_t> out;
    std::uint64_t first = UINT64_MAX;
    for (std::size_t i = 0; i < frame_classes; ++i) {
        if (lanes_[i].frames.empty() || lanes_[i].frames.front().order >= first) continue;
        first = lanes_[i].frames.front().order;
        out = i;
    }
    if (!holes_.empty() && holes_.front().order < first) out = hole_lane;
    return out;
}

bool Backlog::empty() const {
    return !next_lane().has_value();
}

std::size_t Backlog::next_bytes() const {
    const auto next = next_lane();
    HUBBUB_ASSERT(next.has_value(), "something waits");
    return *next == hole_lane ? announcement_bytes : lanes_[*next].frames.front().frame.size();
}

Backlog::Next Backlog::pop() {
    const auto next = next_lane();
    HUBBUB_ASSERT(next.has_value(), "something waits");
    if (*next != hole_lane) return {take_front(lanes_[*next]).frame, {}};
    const Skipped range = holes_.front().range;
    const auto last = last_hole_.find(range.conversation);
    if (last->second == holes_popped_) last_hole_.erase(last);
    holes_.pop_front();
    ++holes_popped_;
    bytes_ -= announcement_bytes;
    return {{}, range};
}

}  // namespace hubbub
