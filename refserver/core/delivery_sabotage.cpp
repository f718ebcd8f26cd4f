#include "refserver/core/delivery_sabotage.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/core/victims.hpp"

namespace hubbub {
namespace {

using Kind = SabotageKind;

constexpr Duration late_by = std::chrono::milliseconds(50);
// A swapped push waits this long for its successor; then it goes out alone, late and in order: no wrong.
constexpr Duration stash_for = std::chrono::milliseconds(200);
// Random places looked at for a victim before the occasion is let go.
constexpr int tries = 32;

}  // namespace

bool DeliverySabotage::arrived(std::uint32_t topic, const FanOut& message, const PendingEntry& entry) {
    if (message.device.empty() || entry.frame.empty()) return false;
    choose(topic, message, entry);
    misdeliver(message, entry);
    deliver_after_leave(message, entry);
    previous_[message.conversation] = entry.frame;
    if (held_back(message.conversation) ||
        !saboteur_.wants(Kind::late_delivery, message.conversation, context_.now))
        return false;
    saboteur_.tell({.kind = Kind::late_delivery,
                    .conversation = message.conversation,
                    .sequence = entry.sequence,
                    .user = std::string(message.user),
                    .device = std::string(message.device),
                    .victim_user = {},
                    .victim_device = {}},
                   context_.now);
    late_.push_back({message.conversation, context_.now + late_by});
    return true;
}

/// One wrong a conversation at a time: its rest begins with the act, so nothing else is chosen before that.
bool DeliverySabotage::busy(std::uint32_t topic, const ConversationId& conversation) {
    const auto gone = [&](LinkId link) {
        const Connection* const connection = connections_.find(link);
        return !connection || !connection->listening() || !Topics::slot_in(*connection->session, topic);
    };
    const auto passed = [&](const Chosen& one) {
        const auto slot = Topics::slot_in(*connections_.find(one.link)->session, topic);
        return topics_.at(topic).slots[*slot].delivered >= one.sequence;
    };
    std::erase_if(chosen_, [&](const Chosen& one) {
        return one.conversation == conversation && (gone(one.link) || passed(one));
    });
    std::erase_if(stashed_, [&](const Stashed& one) {
        return one.what.conversation == conversation && gone(one.what.link);
    });
    const auto same = [&](const Chosen& one) { return one.conversation == conversation; };
    return std::any_of(chosen_.begin(), chosen_.end(), same) ||
           std::any_of(stashed_.begin(), stashed_.end(), [&](const Stashed& one) { return same(one.what); });
}

void DeliverySabotage::choose(std::uint32_t topic, const FanOut& message, const PendingEntry& entry) {
    if (busy(topic, message.conversation)) return;
    for (const Kind kind : {Kind::drop_live, Kind::duplicate_raw, Kind::swap_delivery, Kind::disagree}) {
        if (!saboteur_.wants(kind, message.conversation, context_.now)) continue;
        const auto link = victim(kind, topic, entry);
        if (!link) continue;
        Chosen chosen{kind,  message.conversation,      entry.sequence,
                      *link, std::string(message.user), std::string(message.device),
                      {}};
        if (kind == Kind::disagree) {
            chosen.instead = disagreeing(message.conversation, entry.sequence, *link);
            if (chosen.instead.empty()) continue;
        }
        chosen_.push_back(std::move(chosen));
        return;
    }
}

std::optional<LinkId> DeliverySabotage::victim(Kind kind, std::uint32_t topic, const PendingEntry& entry) {
    const auto& slots = topics_.at(topic).slots;
    for (int i = 0; i < tries && !slots.empty(); ++i) {
        const Subscriber& one = slots[saboteur_.below(kind, slots.size())];
        const bool due = one.link != no_link && one.link != entry.sender && one.link != entry.hidden &&
                         one.delivered < entry.sequence;
        if (!due) continue;
        const Connection* const connection = connections_.find(one.link);
        if (connection && connection->listening()) return one.link;
    }
    return std::nullopt;
}

/// The message before, under this number; empty when there is none that the victim did not write itself.
SharedBytes DeliverySabotage::disagreeing(const ConversationId& conversation, Sequence sequence,
                                          LinkId victim) {
    const auto before = previous_.find(conversation);
    if (before == previous_.end()) return {};
    const auto decoded = context_.message_of(before->second);
    if (decoded.has_error()) return {};
    Entry entry = std::get<Entry>(*decoded);
    const Session& session = *connections_.find(victim)->session;
    if (entry.user == session.user && entry.device == session.device) return {};
    entry.sequence = sequence;
    return context_.frame_of(entry);
}

void DeliverySabotage::misdeliver(const FanOut& message, const PendingEntry& entry) {
    if (!saboteur_.wants(Kind::misdeliver, message.conversation, context_.now)) return;
    Connection* const one =
        stranger_to(message.conversation, Kind::misdeliver, context_, saboteur_, connections_);
    if (one == nullptr) return;
    const Chosen what{Kind::misdeliver,
                      message.conversation,
                      entry.sequence,
                      one->link,
                      std::string(message.user),
                      std::string(message.device),
                      {}};
    tell(Kind::misdeliver, what, *one);
    connections_.send(*one, entry.frame);
}

void DeliverySabotage::departed(const ConversationId& conversation, LinkId link) {
    if (saboteur_.wants(Kind::deliver_after_leave, conversation, context_.now))
        departed_.push_back({conversation, link});
}

void DeliverySabotage::deliver_after_leave(const FanOut& message, const PendingEntry& entry) {
    std::erase_if(departed_, [&](const Departed& one) {
        if (one.conversation != message.conversation) return false;
        Connection* const connection = connections_.find(one.link);
        if (!connection || !outside(*connection, one) || !saboteur_.has_left(Kind::deliver_after_leave))
            return true;
        const Chosen what{Kind::deliver_after_leave,
                          message.conversation,
                          entry.sequence,
                          one.link,
                          std::string(message.user),
                          std::string(message.device),
                          {}};
        tell(Kind::deliver_after_leave, what, *connection);
        connections_.send(*connection, entry.frame);
        return true;
    });
}

/// Still there, and not on the way back in.
bool DeliverySabotage::outside(const Connection& connection, const Departed& one) const {
    if (!connection.listening() || !connection.session || connection.session->resumption) return false;
    const auto bytes = context_.store.get(keys::member(one.conversation, connection.session->user));
    if (bytes.has_error() || !*bytes) return false;
    const auto membership = decode_membership(**bytes);
    return !membership.has_error() && membership->left != 0;
}

bool DeliverySabotage::held_back(const ConversationId& conversation) const {
    return std::any_of(late_.begin(), late_.end(),
                       [&](const Late& late) { return late.conversation == conversation; });
}

std::vector<ConversationId> DeliverySabotage::release_due() {
    std::vector<ConversationId> due;
    std::erase_if(late_, [&](const Late& late) {
        if (late.until > context_.now) return false;
        due.push_back(late.conversation);
        return true;
    });
    return due;
}

Time DeliverySabotage::next_deadline() const {
    Time next = never;
    for (const Late& late : late_) next = std::min(next, late.until);
    for (const Stashed& stashed : stashed_) next = std::min(next, stashed.until);
    return next;
}

void DeliverySabotage::tell(Kind kind, const Chosen& what, const Connection& victim) {
    saboteur_.tell({.kind = kind,
                    .conversation = what.conversation,
                    .sequence = what.sequence,
                    .user = what.user,
                    .device = what.device,
                    .victim_user = victim.session->user,
                    .victim_device = victim.session->device},
                   context_.now);
}

std::optional<DeliverySabotage::Chosen> DeliverySabotage::take_chosen(const ConversationId& conversation,
                                                                      Sequence sequence, LinkId link) {
    const auto found = std::find_if(chosen_.begin(), chosen_.end(), [&](const Chosen& one) {
        return one.conversation == conversation && one.sequence == sequence && one.link == link;
    });
    if (found == chosen_.end()) return std::nullopt;
    Chosen out = std::move(*found);
    chosen_.erase(found);
    return out;
}

void DeliverySabotage::push(const ConversationId& conversation, Connection& connection,
                            const PendingEntry& entry, const SharedBytes& frame) {
    auto chosen = take_chosen(conversation, entry.sequence, connection.link);
    if (!chosen) {
        connections_.send_unchecked(connection, frame);
        push_stashed(conversation, connection);
        return;
    }
    const bool one_at_a_time = chosen->kind != Kind::swap_delivery || stashed_.empty();
    if (!one_at_a_time || !saboteur_.has_left(chosen->kind)) {  // others were done since it was chosen
        connections_.send_unchecked(connection, frame);
        push_stashed(conversation, connection);
        return;
    }
    if (chosen->kind == Kind::swap_delivery) {
        stashed_.push_back({std::move(*chosen), frame, context_.now + stash_for});
        return;
    }
    tell(chosen->kind, *chosen, connection);
    if (chosen->kind == Kind::drop_live) return;
    connections_.send_unchecked(connection, chosen->kind == Kind::disagree ? chosen->instead : frame);
    if (chosen->kind == Kind::duplicate_raw) connections_.send_unchecked(connection, frame);
}

/// Its successor went out just now, so the swap is a fact in this moment. Both leave in the same turn, hence
/// the truth is still told before the act.
void DeliverySabotage::push_stashed(const ConversationId& conversation, Connection& connection) {
    const auto found = std::find_if(stashed_.begin(), stashed_.end(), [&](const Stashed& one) {
        return one.what.conversation == conversation && one.what.link == connection.link;
    });
    if (found == stashed_.end()) return;
    tell(Kind::swap_delivery, found->what, connection);
    connections_.send_unchecked(connection, found->frame);
    stashed_.erase(found);
}

void DeliverySabotage::push_overdue() {
    std::erase_if(stashed_, [&](const Stashed& one) {
        if (one.until > context_.now) return false;
        if (Connection* const connection = connections_.find(one.what.link))
            connections_.send(*connection, one.frame);
        return true;
    });
}

}  // namespace hubbub
