#include "refserver/core/slow_readers.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "protocol/slow_reader_limits.hpp"
#include "refserver/core/connection.hpp"

namespace hubbub {

void SlowReaders::begin(Connection& connection) {
    if (connection.behind) return;
    connection.behind = true;
    context_.counters.slow_readers.add();
    context_.counters.slow_reader_times.add();
    if (backlogs_.empty()) look_at_ = context_.now + limits::slow_reader_look;
    const bool keyed = context_.options.slow_reader == SlowReaderPolicy::conflate;
    backlogs_.try_emplace(connection.link.value, keyed);
}

bool SlowReaders::hold(const Connection& connection, const SharedBytes& frame, bool promised) {
    Backlog& backlog = backlogs_.at(connection.link.value);
    const FrameLabel& label = labels_.of(frame);
    const bool keep = promised || (label.leaves && about_its_own_leaving(connection, frame));
    take(backlog, keep ? FrameLabel{} : label, frame);
    const std::size_t queued = context_.links.queued_bytes(connection.link);
    while (queued + backlog.bytes() > context_.options.outbox_bytes_max) {
        const auto dropped = drop_one(backlog);
        // One answer alone never condemns a reader.
        if (!dropped) return promised || (backlog.kept() == 1 && !backlog.oldest());
        count_dropped(*dropped);
    }
    return true;
}

void SlowReaders::take(Backlog& backlog, const FrameLabel& label, const SharedBytes& frame) {
    const bool conflate = context_.options.slow_reader == SlowReaderPolicy::conflate && !label.key.empty();
    const SharedBytes* const older = conflate ? backlog.waiting(label.key) : nullptr;
    const SharedBytes newest = older ? united(*older, frame) : SharedBytes();
    if (newest.empty()) return backlog.push(label, frame);
    backlog.replace(label.key, newest);
    context_.counters.slow_conflated.add();
}

/// The one frame that says what both said; empty: they do not fit into one. Everything but counts of
/// reactions, which name what changed and no more, is said by the newer one alone.
SharedBytes SlowReaders::united(const SharedBytes& older, const SharedBytes& newer) {
    struct Item {
        Sequence target;
        std::string body;
        std::uint64_t count;
    };
    std::vector<Item> items;
    ConversationId conversation;
    for (const SharedBytes& frame : {newer, older}) {
        const auto message = context_.message_of(frame);
        HUBBUB_ASSERT(message.has_value(), "the server reads what it wrote");
        const auto* const counts = std::get_if<ReactionCounts>(&*message);
        if (!counts) return newer;
        conversation = counts->conversation;
        for (const ListedReaction& one : counts->items)
            if (std::none_of(items.begin(), items.end(), [&](const Item& item) {
                    return item.target == one.target && item.body == one.body;
                }))
                items.push_back({one.target, std::string(one.body), one.count});
    }
    if (items.size() > limits::listed_reactions_max) return {};
    ReactionCounts both{conversation, {}};
    for (const Item& item : items) both.items.push_back({item.target, item.body, item.count});
    return context_.frame_of(both);
}

/// Nobody could read it by history any more.
bool SlowReaders::about_its_own_leaving(const Connection& connection, const SharedBytes& frame) {
    const auto message = context_.message_of(frame);
    HUBBUB_ASSERT(message.has_value(), "the server reads what it wrote");
    const auto& members = std::get<Entry>(*message).members;
    return std::find(members.begin(), members.end(), connection.session->user) != members.end();
}

std::optional<FrameClass> SlowReaders::drop_one(Backlog& backlog) const {
    std::optional<FrameClass> what = backlog.oldest();
    if (!what || context_.options.slow_reader == SlowReaderPolicy::drop_oldest) {
        if (what) backlog.drop(*what);
        return what;
    }
    for (const FrameClass lighter : {FrameClass::notice, FrameClass::state})
        if (backlog.drop(lighter)) return lighter;
    if (context_.options.slow_reader == SlowReaderPolicy::conflate) return std::nullopt;
    backlog.drop(FrameClass::entry);
    return FrameClass::entry;
}

void SlowReaders::count_dropped(FrameClass what) {
    ShardCounters& counters = context_.counters;
    RelaxedCounter& counter = what == FrameClass::entry    ? counters.slow_dropped_entries
                              : what == FrameClass::notice ? counters.slow_dropped_notices
                                                           : counters.slow_dropped_states;
    counter.add();
}

std::size_t SlowReaders::bytes(const Connection& connection) const {
    return connection.behind ? backlogs_.at(connection.link.value).bytes() : 0;
}

void SlowReaders::hand_out(const Connection& connection, Backlog& backlog, std::size_t most) {
    std::size_t queued = context_.links.queued_bytes(connection.link);
    while (!backlog.empty() && (queued == 0 || queued + backlog.next_bytes() <= most)) {
        const Backlog::Next next = backlog.pop();
        const SharedBytes frame = next.frame.empty() ? context_.frame_of(next.hole) : next.frame;
        if (next.frame.empty()) context_.counters.skipped_notices.add();
        queued += frame.size();
        connections_.pass(connection, frame);
    }
}

void SlowReaders::turn() {
    if (backlogs_.empty() || context_.now < look_at_) return;
    look_at_ = context_.now + limits::slow_reader_look;
    auto place = backlogs_.lower_bound(next_);
    for (std::size_t left = std::min(backlogs_.size(), limits::slow_readers_looked_at); left != 0; --left) {
        if (place == backlogs_.end()) place = backlogs_.begin();
        const Connection& connection = *connections_.find(LinkId(place->first));
        // Half of it must be free, so that what comes next does not find it full at once.
        if (context_.links.queued_bytes(connection.link) <= outbox_bytes_max() / 2)
            hand_out(connection, place->second, outbox_bytes_max());
        place = place->second.empty() ? end(place) : std::next(place);
    }
    next_ = place == backlogs_.end() ? 0 : place->first;
}

void SlowReaders::flush(Connection& connection) {
    if (!connection.behind) return;
    const auto place = backlogs_.find(connection.link.value);
    hand_out(connection, place->second, SIZE_MAX);
    end(place);
}

void SlowReaders::forget(Connection& connection) {
    if (connection.behind) end(backlogs_.find(connection.link.value));
}

SlowReaders::Backlogs::iterator SlowReaders::end(Backlogs::iterator place) {
    connections_.find(LinkId(place->first))->behind = false;
    context_.counters.slow_readers.subtract();
    return backlogs_.erase(place);
}

}  // namespace hubbub
