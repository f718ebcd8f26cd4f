#include "refserver/core/owner_sabotage.hpp"

#include <algorithm>

namespace hubbub {
namespace {

using Kind = SabotageKind;

// Sends "that wait together" arrive within one flight of a client; alone, a held send goes out after this.
constexpr Duration hold_for = std::chrono::milliseconds(20);
// Forged messages take numbers that no client has unanswered, lest it takes them for its own ack.
constexpr WireNumber forged_number = WireNumber{1} << 40;

bool stamp_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

const OwnerSabotage::Wronged* OwnerSabotage::find(const ConversationId& conversation) const {
    const auto found = wronged_.find(conversation);
    return found == wronged_.end() ? nullptr : &found->second;
}

void OwnerSabotage::attached(const ConversationId& conversation, const SessionRef& session,
                             std::string_view user, std::string_view device) {
    auto& listening = wronged_[conversation].listening;
    for (Listening& one : listening) {
        if (one.user != user || one.device != device) continue;
        one.session = session;
        return;
    }
    listening.push_back({session, std::string(user), std::string(device)});
}

void OwnerSabotage::left(const ConversationId& conversation, const SessionRef& session) {
    auto& listening = wronged_[conversation].listening;
    std::erase_if(listening, [&](const Listening& one) { return one.session == session; });
}

std::uint32_t OwnerSabotage::receivers(const ConversationId& conversation, std::string_view user,
                                       std::string_view device) const {
    const Wronged* const wronged = find(conversation);
    if (!wronged) return 0;
    return static_cast<std::uint32_t>(
        std::count_if(wronged->listening.begin(), wronged->listening.end(),
                      [&](const Listening& one) { return one.user != user || one.device != device; }));
}

const OwnerSabotage::Listening* OwnerSabotage::victim(Kind kind, const ConversationId& conversation,
                                                      std::string_view user, std::string_view device,
                                                      bool other_user) {
    const Wronged* const wronged = find(conversation);
    if (!wronged) return nullptr;
    std::vector<const Listening*> eligible;
    for (const Listening& one : wronged->listening)
        if (one.user != user || (!other_user && one.device != device)) eligible.push_back(&one);
    return eligible.empty() ? nullptr : eligible[saboteur_.below(kind, eligible.size())];
}

void OwnerSabotage::tell_append(Kind kind, const Conversation& conversation, const LogEntry& entry,
                                Sequence sequence) {
    saboteur_.tell({.kind = kind,
                    .conversation = conversation.id,
                    .sequence = sequence,
                    .user = entry.user,
                    .device = entry.device,
                    .number = entry.number,
                    .victim_user = {},
                    .victim_device = {},
                    .receivers = receivers(conversation.id, entry.user, entry.device)},
                   context_.now);
}

void OwnerSabotage::tell_victim(Kind kind, const Conversation& conversation, Sequence sequence,
                                std::string_view user, std::string_view device) {
    saboteur_.tell({.kind = kind,
                    .conversation = conversation.id,
                    .sequence = sequence,
                    .user = {},
                    .device = {},
                    .victim_user = std::string(user),
                    .victim_device = std::string(device)},
                   context_.now);
}

AppendWrong OwnerSabotage::before_append(Conversation& conversation, LogEntry& entry) {
    AppendWrong wrong;
    const auto wants = [&](Kind kind) { return saboteur_.wants(kind, conversation.id, context_.now); };
    const Sequence next = conversation.last + 1;
    if (wants(Kind::lose_after_ack)) {
        tell_append(Kind::lose_after_ack, conversation, entry, next);
        wrong.store = false;
    } else if (wants(Kind::duplicate_entry)) {
        tell_append(Kind::duplicate_entry, conversation, entry, next + 1);
        wrong.again = true;
    } else if (wants(Kind::wrong_sender) && wrong_sender(conversation, entry)) {
        return wrong;
    } else if (wants(Kind::corrupt_body) && corrupt_body(conversation, entry)) {
        return wrong;
    } else if (wants(Kind::phantom)) {
        LogEntry phantom = entry;
        phantom.device = "phantom";
        phantom.number = 1;
        phantom.body = "this was never said";
        tell_append(Kind::phantom, conversation, phantom, next + 1);
        wrong.phantom = std::move(phantom);
    } else if (wants(Kind::burn_sequence)) {
        tell_append(Kind::burn_sequence, conversation, entry, next);
        ++conversation.last;
    } else if (wants(Kind::history_skip)) {
        tell_append(Kind::history_skip, conversation, entry, next);
        wronged_[conversation.id].left_out.insert(next);
    }
    return wrong;
}

bool OwnerSabotage::wrong_sender(Conversation& conversation, LogEntry& entry) {
    const Listening* const other =
        victim(Kind::wrong_sender, conversation.id, entry.user, entry.device, true);
    if (!other) return false;
    tell_append(Kind::wrong_sender, conversation, entry, conversation.last + 1);
    entry.user = other->user;
    entry.device = other->device;
    entry.number += forged_number;
    return true;
}

bool OwnerSabotage::corrupt_body(Conversation& conversation, LogEntry& entry) {
    if (entry.body.empty() || !stamp_character(entry.body.back())) return false;
    tell_append(Kind::corrupt_body, conversation, entry, conversation.last + 1);
    entry.body.back() = entry.body.back() == 'A' ? 'B' : 'A';
    return true;
}

bool OwnerSabotage::hold_back(const SendRequest& request, Conversation& conversation, Sender& sender) {
    if (!held_.empty()) return false;  // one at a time, so that no more are held than may be done
    if (!saboteur_.wants(Kind::swap_order, conversation.id, context_.now)) return false;
    held_.push_back({&conversation, &sender, request.number, std::string(request.user),
                     std::string(request.device), std::string(request.body), context_.now + hold_for});
    return true;
}

const OwnerSabotage::HeldSend* OwnerSabotage::held(const Sender& sender) const {
    for (const HeldSend& one : held_)
        if (one.sender == &sender) return &one;
    return nullptr;
}

OwnerSabotage::HeldSend OwnerSabotage::swap(const HeldSend& held) {
    const auto place = held_.begin() + (&held - held_.data());
    HeldSend out = std::move(*place);
    held_.erase(place);
    const LogEntry entry{.kind = EntryKind::message,
                         .user = out.user,
                         .device = out.device,
                         .number = out.number,
                         .body = {},
                         .members = {}};
    tell_append(Kind::swap_order, *out.conversation, entry, out.conversation->last + 2);
    return out;
}

std::optional<OwnerSabotage::HeldSend> OwnerSabotage::release_due(bool at_once) {
    const auto due = std::find_if(held_.begin(), held_.end(),
                                  [&](const HeldSend& one) { return at_once || one.until <= context_.now; });
    if (due == held_.end()) return std::nullopt;
    HeldSend out = std::move(*due);
    held_.erase(due);
    return out;
}

Time OwnerSabotage::next_deadline() const {
    Time next = never;
    for (const HeldSend& one : held_) next = std::min(next, one.until);
    return next;
}

bool OwnerSabotage::lose_reaction(const ConversationId& conversation, std::string_view user,
                                  Sequence target) {
    if (!saboteur_.wants(Kind::reaction_lost, conversation, context_.now)) return false;
    saboteur_.tell({.kind = Kind::reaction_lost,
                    .conversation = conversation,
                    .sequence = target,
                    .user = std::string(user),
                    .device = {},
                    .victim_user = {},
                    .victim_device = {}},
                   context_.now);
    return true;
}

PublishWrong OwnerSabotage::before_publish(const Conversation& conversation, const Uncommitted& entry,
                                           std::string_view user, std::string_view device) {
    PublishWrong wrong;
    SabotageRecord record{.conversation = conversation.id,
                          .sequence = entry.sequence,
                          .user = std::string(user),
                          .device = std::string(device),
                          .number = entry.number,
                          .victim_user = {},
                          .victim_device = {}};
    if (saboteur_.wants(Kind::lose_ack, conversation.id, context_.now)) {
        record.kind = Kind::lose_ack;
        saboteur_.tell(record, context_.now);
        wrong.acknowledge = false;
    } else if (saboteur_.wants(Kind::lose_for_one, conversation.id, context_.now)) {
        const Listening* const one = victim(Kind::lose_for_one, conversation.id, user, device, false);
        if (!one) return wrong;
        record.kind = Kind::lose_for_one;
        record.victim_user = wrong.hidden_user = one->user;
        record.victim_device = wrong.hidden_device = one->device;
        saboteur_.tell(record, context_.now);
        wronged_[conversation.id].hidden[{one->user, one->device}].insert(entry.sequence);
    }
    return wrong;
}

}  // namespace hubbub
