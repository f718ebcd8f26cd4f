#include "refserver/core/fan_out.hpp"

#include <algorithm>

namespace hubbub {

FanOutQueue::FanOutQueue(ShardContext& context, Connections& connections, Topics& topics, Saboteur* saboteur)
    : context_(context), connections_(connections), topics_(topics) {
    if (saboteur) wrongs_ = std::make_unique<DeliverySabotage>(context, *saboteur, connections, topics);
}

void FanOutQueue::add(std::uint32_t index, PendingEntry entry, const FanOut& origin) {
    Topic& topic = topics_.at(index);
    if (wrongs_) wrongs_->arrived(index, origin, entry);
    if (!bulk(topic)) others_at_ = context_.now;
    topics_.add_pending(index, std::move(entry));
    if (!topic.queued) queue(index);
}

void FanOutQueue::queue(std::uint32_t index) {
    Topic& topic = topics_.at(index);
    if (wrongs_ && wrongs_->held_back(topic.conversation)) return;
    topic.queued = true;
    const bool small = topic.slots.size() <= context_.options.fanout_slice;
    (small ? small_ : bulk(topic) ? bulk_ : large_).push_back(index);
}

bool FanOutQueue::bulk(const Topic& topic) const {
    return topic.slots.size() > context_.options.fanout_bulk_listeners;
}

void FanOutQueue::turn() {
    std::size_t turn_total = 0;
    if (wrongs_) sabotage_turn();

    if (!bulk_.empty() && context_.now >= bulk_from_) turn_total += serve_bulk();
    if (!large_.empty()) turn_total += serve_front(large_);
    for (std::size_t left = small_.size(); left != 0 && turn_total < limits::fanout_turn_recipients; --left)
        turn_total += serve_front(small_);
    context_.counters.fanout_turn_max.raise_to(turn_total);
}

/// One slice of the first topic of a queue. Returns recipients served.
std::size_t FanOutQueue::serve_front(std::deque<std::uint32_t>& queue) {
    const std::uint32_t index = queue.front();
    queue.pop_front();
    const std::size_t served = sweep_slice(topics_.at(index), context_.options.fanout_slice);
    finish_slice(index, served);
    return served;
}

std::size_t FanOutQueue::serve_bulk() {
    const Topic& topic = topics_.at(bulk_.front());
    const Time began = topic.taken == 0 ? context_.now : topic.sweep_began;
    const std::size_t served = serve_front(bulk_);
    const bool others_wait = context_.now - others_at_ < limits::fanout_quiet;
    const bool patient = context_.now - began < limits::fanout_patience;
    if (others_wait && patient) bulk_from_ = context_.now + limits::fanout_pause;
    return served;
}

/// One slice: at most `slots_max` slots of the topic's sweep. Returns recipients served.
std::size_t FanOutQueue::sweep_slice(Topic& topic, std::size_t slots_max) {
    // A topic may have been forgotten, and its place taken by another, while it waited here.
    if (!topic.queued || topic.pending.empty()) return 0;
    if (topic.taken == 0) begin_sweep(topic);
    const std::size_t end = std::min(topic.slots.size(), topic.cursor + slots_max);
    std::size_t served = 0;
    for (; topic.cursor < end; ++topic.cursor) {
        Subscriber& subscriber = topic.slots[topic.cursor];
        if (subscriber.link != no_link && deliver(topic, subscriber)) ++served;
    }
    if (topic.cursor >= topic.slots.size()) {
        topics_.drop_taken(topic);
    }
    return served;
}

void FanOutQueue::finish_slice(std::uint32_t index, std::size_t served) {
    if (served != 0) {
        context_.counters.fanout_slices.add();
        context_.counters.fanout_slice_max.raise_to(served);
    }
    Topic& topic = topics_.at(index);
    if (!topic.queued) return;
    topic.queued = false;
    if (!topic.pending.empty()) queue(index);
}

void FanOutQueue::begin_sweep(Topic& topic) {
    // A quarter of the outbox at once: what one sweep brings must never by itself cut a reader.
    const std::size_t bytes_max = context_.options.outbox_bytes_max / 4;
    topic.cursor = 0;
    topic.taken_bytes = 0;
    topic.sweep_began = context_.now;
    while (topic.taken < topic.pending.size()) {
        const std::size_t bytes = topic.pending[topic.taken].frame.size();
        if (topic.taken != 0 && topic.taken_bytes + bytes > bytes_max) break;
        topic.taken_bytes += bytes;
        ++topic.taken;
    }
    if (topic.slots.size() > context_.options.fanout_slice) serve_senders(topic);
}

/// In a large conversation the senders come first: their acks need not wait for the whole sweep.
void FanOutQueue::serve_senders(Topic& topic) {
    const auto index = topics_.find(topic.conversation);
    for (std::size_t i = 0; i < topic.taken; ++i) {
        Connection* const sender = connections_.find(topic.pending[i].sender);
        if (!sender || !sender->session || !index) continue;
        if (const auto slot = Topics::slot_in(*sender->session, *index)) deliver(topic, topic.slots[*slot]);
    }
}

/// Everything of the sweep that this subscriber has not had. Returns whether it was due anything.
bool FanOutQueue::deliver(Topic& topic, Subscriber& subscriber) {
    return deliver_first(topic, subscriber, topic.taken, topic.taken_bytes);
}

void FanOutQueue::finish(std::uint32_t index, std::uint32_t slot, Sequence until) {
    Topic& topic = topics_.at(index);
    std::size_t count = 0, bytes = 0;
    while (count < topic.pending.size() && topic.pending[count].sequence <= until)
        bytes += topic.pending[count++].frame.size();
    if (count != 0) deliver_first(topic, topic.slots[slot], count, bytes);
}

/// Of the first `count` pending entries, those that this subscriber has not had.
bool FanOutQueue::deliver_first(Topic& topic, Subscriber& subscriber, std::size_t count, std::size_t bytes) {
    const Sequence last = topic.pending[count - 1].sequence;
    if (subscriber.delivered >= last) return false;
    Connection* const connection = connections_.find(subscriber.link);
    const Sequence had = subscriber.delivered;
    subscriber.delivered = last;
    if (!connection || !connections_.room(*connection, bytes)) return false;
    for (std::size_t i = 0; i < count; ++i) {
        const PendingEntry& entry = topic.pending[i];
        if (entry.sequence <= had || entry.hidden == subscriber.link) continue;
        if (entry.sender == subscriber.link) {
            if (entry.ack.empty()) continue;
            push(topic, *connection, entry, entry.ack);
            context_.counters.acks.add();
        } else if (!entry.frame.empty()) {
            push(topic, *connection, entry, entry.frame);
            context_.counters.deliveries.add();
        }
    }
    return true;
}

void FanOutQueue::push(const Topic& topic, Connection& connection, const PendingEntry& entry,
                       const SharedBytes& frame) {
    if (wrongs_) return wrongs_->push(topic.conversation, connection, entry, frame);
    connections_.send_unchecked(connection, frame);
}

void FanOutQueue::sabotage_turn() {
    wrongs_->push_overdue();
    for (const ConversationId& conversation : wrongs_->release_due()) {
        const auto index = topics_.find(conversation);
        if (!index) continue;
        const Topic& topic = topics_.at(*index);
        if (!topic.queued && !topic.pending.empty()) queue(*index);
    }
}

Time FanOutQueue::next_deadline() const {
    if (!small_.empty() || !large_.empty()) return context_.now;
    const Time bulk = bulk_.empty() ? never : std::max(bulk_from_, context_.now);
    return wrongs_ ? std::min(bulk, wrongs_->next_deadline()) : bulk;
}

}  // namespace hubbub
