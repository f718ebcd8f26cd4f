#include "refserver/store/group_queue.hpp"

#include <utility>

#include "base/assert.hpp"

namespace hubbub {

void TicketOrder::check(CommitTicket ticket) {
    std::uint64_t& last = last_[ticket.shard];
    HUBBUB_ASSERT(ticket.number == last + 1, "a shard numbers its batches 1, 2, 3 ...");
    last = ticket.number;
}

void GroupQueue::add(CommitTicket ticket, WriteBatch batch) {
    order_.check(ticket);
    waiting_.push_back({ticket, std::move(batch)});
}

std::vector<Submission> GroupQueue::end_group(Time now) {
    if (due_ > now) return {};
    due_ = never;
    return std::exchange(group_, {});
}

const std::vector<Submission>& GroupQueue::begin_group(Time now) {
    static const std::vector<Submission> nothing;
    if (!group_.empty() || waiting_.empty()) return nothing;
    group_.swap(waiting_);
    due_ = now + latency_;
    return group_;
}

Time GroupQueue::next_deadline() const {
    if (!group_.empty()) return due_;
    return waiting_.empty() ? never : Time::min();
}

void GroupQueue::clear() {
    order_.clear();
    waiting_.clear();
    group_.clear();
    due_ = never;
}

}  // namespace hubbub
