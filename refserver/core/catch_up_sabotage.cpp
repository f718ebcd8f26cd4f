// The wrongs towards those who were away: resumes and history pages.
#include <algorithm>

#include "refserver/core/catch_up.hpp"
#include "refserver/core/owner_sabotage.hpp"

namespace hubbub {
namespace {

using Kind = SabotageKind;

}  // namespace

bool OwnerSabotage::hidden(const ConversationId& conversation, std::string_view user, std::string_view device,
                           Sequence sequence) const {
    const Wronged* const wronged = find(conversation);
    if (!wronged) return false;
    const auto found = wronged->hidden.find({std::string(user), std::string(device)});
    return found != wronged->hidden.end() && found->second.count(sequence) != 0;
}

Epoch OwnerSabotage::told_epoch(const Conversation& conversation, std::string_view user,
                                std::string_view device) const {
    const Wronged* const wronged = find(conversation.id);
    if (!wronged) return conversation.epoch;
    const auto found = wronged->epochs.find({std::string(user), std::string(device)});
    return found == wronged->epochs.end() ? conversation.epoch : found->second;
}

/// The device hears the wrong epoch from then on: one lie is one act, however often it is repeated.
bool OwnerSabotage::wrong_epoch(const Conversation& conversation, std::string_view user,
                                std::string_view device) {
    if (!saboteur_.wants(Kind::wrong_epoch, conversation.id, context_.now)) return false;
    const Epoch wrong = told_epoch(conversation, user, device) + 1;
    tell_victim(Kind::wrong_epoch, conversation, conversation.committed, user, device);
    wronged_[conversation.id].epochs[{std::string(user), std::string(device)}] = wrong;
    return true;
}

std::optional<Sequence> OwnerSabotage::resume_skip(const Conversation& conversation, std::string_view user,
                                                   std::string_view device,
                                                   const std::vector<Sequence>& candidates) {
    if (candidates.empty() || !saboteur_.wants(Kind::resume_skip, conversation.id, context_.now))
        return std::nullopt;
    const Sequence chosen = candidates[saboteur_.below(Kind::resume_skip, candidates.size())];
    tell_victim(Kind::resume_skip, conversation, chosen, user, device);
    return chosen;
}

bool OwnerSabotage::resume_repeat(const Conversation& conversation, std::string_view user,
                                  std::string_view device, Sequence before_start) {
    if (!saboteur_.wants(Kind::resume_repeat, conversation.id, context_.now)) return false;
    tell_victim(Kind::resume_repeat, conversation, before_start, user, device);
    return true;
}

bool OwnerSabotage::left_out(const ConversationId& conversation, Sequence sequence) const {
    const Wronged* const wronged = find(conversation);
    return wronged && wronged->left_out.count(sequence) != 0;
}

/// Decided once a conversation, at its first page.
bool OwnerSabotage::stale(const Conversation& conversation) {
    auto& decided = wronged_[conversation.id].stale;
    if (!decided) {
        decided = saboteur_.wants(Kind::stale_history, conversation.id, context_.now);
        if (*decided) tell_victim(Kind::stale_history, conversation, conversation.committed, {}, {});
    }
    return *decided;
}

// ---- where CatchUp asks

/// Before the entries of an answer are collected.
void CatchUp::start_wrongly(const Conversation& conversation, const Asker& asker, Sequence joined,
                            AttachAnswer& answer) {
    ResumedPosition& position = answer.position;
    if (position.status != ResumeStatus::ok || !wrongs_->wrong_epoch(conversation, asker.user, asker.device))
        return;
    const bool fits = position.head + 1 - joined <= limits::catch_up_entries_max;
    position.status = fits ? ResumeStatus::reset : ResumeStatus::too_old;
    position.epoch = epoch_for(conversation, asker.user, asker.device);
    position.from = joined;
}

/// When they are collected.
void CatchUp::follow_wrongly(const Conversation& conversation, const Asker& asker, Sequence joined,
                             AttachAnswer& answer) {
    if (answer.position.status != ResumeStatus::ok || answer.cut || answer.frames.empty()) return;
    std::vector<Sequence> candidates;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i + 1 < answer.frames.size(); ++i) {
        Sequence sequence = 0;
        if (!others_message(answer.frames[i], asker, sequence)) continue;
        candidates.push_back(sequence);
        places.push_back(i);
    }
    if (const auto skip = wrongs_->resume_skip(conversation, asker.user, asker.device, candidates)) {
        const auto which = std::find(candidates.begin(), candidates.end(), *skip) - candidates.begin();
        answer.frames.erase(answer.frames.begin() +
                            static_cast<std::ptrdiff_t>(places[static_cast<std::size_t>(which)]));
        return;
    }
    const Sequence before = answer.position.from - 1;
    if (before < joined) return;
    SharedBytes frame;
    const Status read =
        conversations_.read(conversation, before, before, [&](Sequence sequence, const LogEntry& entry) {
            frame = context_.frame_of(to_wire(conversation.id, sequence, entry));
            return false;
        });
    Sequence sequence = 0;
    if (read.has_error() || frame.empty() || !others_message(frame, asker, sequence)) return;
    if (wrongs_->resume_repeat(conversation, asker.user, asker.device, before))
        answer.frames.insert(answer.frames.begin(), frame);
}

/// A message that another device wrote: leaving out or repeating one's own would say something else.
bool CatchUp::others_message(const SharedBytes& frame, const Asker& asker, Sequence& sequence) {
    const auto message = context_.message_of(frame);
    if (message.has_error()) return false;
    const auto* const entry = std::get_if<Entry>(&*message);
    if (!entry || entry->kind != EntryKind::message) return false;
    sequence = entry->sequence;
    return entry->user != asker.user || entry->device != asker.device;
}

}  // namespace hubbub
