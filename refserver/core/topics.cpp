#include "refserver/core/topics.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {
namespace {

auto place_of(std::vector<Subscription>& list, std::uint32_t topic) {
    return std::lower_bound(list.begin(), list.end(), topic,
                            [](const Subscription& s, std::uint32_t t) { return s.topic < t; });
}

}  // namespace

Topics::Topics(ShardContext& context, Switchboard& switchboard)
    : context_(context), switchboard_(switchboard) {}

std::optional<std::uint32_t> Topics::find(const ConversationId& conversation) const {
    const auto found = by_conversation_.find(conversation);
    if (found == by_conversation_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::uint32_t> Topics::slot_in(const Session& session, std::uint32_t topic) {
    const auto& list = session.subscriptions;
    const auto found =
        std::lower_bound(list.begin(), list.end(), topic,
                         [](const Subscription& s, std::uint32_t wanted) { return s.topic < wanted; });
    if (found == list.end() || found->topic != topic) return std::nullopt;
    return found->slot;
}

std::uint32_t Topics::attached(const ConversationId& conversation, Ticket ticket) {
    auto [place, fresh] = by_conversation_.try_emplace(conversation, 0U);
    if (fresh) {
        if (free_.empty()) {
            place->second = static_cast<std::uint32_t>(topics_.size());
            topics_.emplace_back();
        } else {
            place->second = free_.back();
            free_.pop_back();
        }
        topics_[place->second].conversation = conversation;
    }
    Topic& topic = topics_[place->second];
    topic.ticket = std::max(topic.ticket, ticket);
    return place->second;
}

void Topics::subscribe(Session& session, LinkId link, std::uint32_t index, Sequence delivered) {
    Topic& topic = topics_[index];
    const auto place = place_of(session.subscriptions, index);
    if (place != session.subscriptions.end() && place->topic == index) {
        Sequence& until = topic.slots[place->slot].delivered;
        until = std::max(until, delivered);
        return;
    }
    std::uint32_t slot = 0;
    if (topic.free.empty()) {
        slot = static_cast<std::uint32_t>(topic.slots.size());
        topic.slots.emplace_back();
    } else {
        slot = topic.free.back();
        topic.free.pop_back();
    }
    topic.slots[slot] = Subscriber{link, delivered};
    session.subscriptions.insert(place, Subscription{index, slot});
    context_.counters.subscriptions.add();
}

void Topics::unsubscribe(Session& session, std::uint32_t index) {
    const auto place = place_of(session.subscriptions, index);
    if (place == session.subscriptions.end() || place->topic != index) return;
    const Subscription subscription = *place;
    session.subscriptions.erase(place);
    release(subscription);
}

void Topics::unsubscribe_all(Session& session) {
    for (const Subscription& subscription : session.subscriptions) release(subscription);
    session.subscriptions.clear();
}

void Topics::release(const Subscription& subscription) {
    Topic& topic = topics_[subscription.topic];
    if (context_.sabotaged()) {
        const SessionRef session{context_.self, topic.slots[subscription.slot].link};
        switchboard_.post(switchboard_.owner_of(topic.conversation), LeftMail{session, topic.conversation});
    }
    topic.slots[subscription.slot] = Subscriber{};
    topic.free.push_back(subscription.slot);
    context_.counters.subscriptions.subtract();
    settle(subscription.topic);
}

void Topics::add_pending(std::uint32_t index, PendingEntry entry) {
    topics_[index].pending.push_back(std::move(entry));
    ++waiting_;
}

void Topics::drop_taken(Topic& topic) {
    topic.pending.erase(topic.pending.begin(),
                        topic.pending.begin() + static_cast<std::ptrdiff_t>(topic.taken));
    waiting_ -= topic.taken;
    topic.taken = 0;
}

void Topics::settle(std::uint32_t index) {
    Topic& topic = topics_[index];
    if (topic.subscribers() != 0) return;
    const ConversationId conversation = topic.conversation;
    const Ticket ticket = topic.ticket;
    by_conversation_.erase(conversation);
    waiting_ -= topic.pending.size();
    topic = Topic{};
    free_.push_back(index);
    switchboard_.post(switchboard_.owner_of(conversation), DetachMail{context_.self, conversation, ticket});
}

}  // namespace hubbub
