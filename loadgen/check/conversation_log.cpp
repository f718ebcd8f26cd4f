#include "loadgen/check/conversation_log.hpp"

#include <algorithm>

namespace hubbub {
namespace {

EntryClass class_of(const SeenEntry& entry) {
    if (entry.kind == EntryKind::left) return EntryClass::left;
    if (entry.kind == EntryKind::role) return EntryClass::role;
    if (entry.kind != EntryKind::message) return EntryClass::membership;
    switch (entry.stamp.state) {
        case StampState::foreign:
            return EntryClass::foreign;
        case StampState::corrupt:
        case StampState::absent:
            return EntryClass::unstamped;
        case StampState::valid:
            break;
    }
    const Stamp& stamp = entry.stamp.stamp;
    const bool fits =
        entry.sender_known && entry.sender == stamp.device && stamp.conversation == entry.conversation;
    return fits ? EntryClass::sound : EntryClass::misfit;
}

}  // namespace

void LogRecord::note_arrival(std::uint64_t at_us) {
    if (at_us == not_timed) return;
    if (first.get() == Micros40::none || at_us < first.get()) first.set(at_us);
    if (last.get() == Micros40::none || at_us > last.get()) last.set(at_us);
}

LogRecord ConversationLog::make(Seq32 q, const SeenEntry& entry) {
    LogRecord made;
    made.hash = entry.content_hash;
    made.kind = class_of(entry);
    made.number = static_cast<std::uint32_t>(std::min<WireNumber>(entry.number, UINT32_MAX));
    if (entry.kind != EntryKind::message) made.number = entry.by.value + 1;
    const Stamp& stamp = entry.stamp.stamp;
    const bool own_stamp = entry.stamp.state == StampState::valid && stamp.conversation == entry.conversation;
    if (own_stamp) {
        made.device = stamp.device.value;
        made.k = stamp.k;
        made.intended.set(stamp.intended_us);
        const SendAbout about{entry.op, entry.target, stamp.parent_device, stamp.parent_k};
        if (about != SendAbout{}) related_.push_back({q, made.hash, about});
    } else if (entry.sender_known) {
        made.device = entry.sender.value;
    }
    return made;
}

LogRecord& ConversationLog::record(Seq32 q) {
    if (q > top()) records_.resize(q - base_);
    return records_[q - base_ - 1];
}

const LogRecord& ConversationLog::at(Seq32 q) const {
    static const LogRecord nothing;
    return q <= base_ || q > top() ? nothing : records_[q - base_ - 1];
}

News ConversationLog::seen(Seq32 q, const SeenEntry& entry, Sighting how, std::uint32_t receiver,
                           std::uint64_t at_us) {
    LogRecord& known = record(q);
    const bool is_new = known.hash == 0;
    if (is_new) known = make(q, entry);
    if (known.hash != entry.content_hash || how == Sighting::own ||
        (how == Sighting::again && !alternatives_.empty()))
        return seen_otherwise(q, entry, how, receiver, at_us);
    if (how == Sighting::first) {
        ++known.count;
        known.note_arrival(at_us);
    }
    return is_new ? News::new_content : News::nothing;
}

// Counts each (receiver, number, content) once, whichever content the record happens to hold: the judgement
// must not depend on who came first.
News ConversationLog::seen_otherwise(Seq32 q, const SeenEntry& entry, Sighting how, std::uint32_t receiver,
                                     std::uint64_t at_us) {
    const bool as_recorded = record(q).hash == entry.content_hash;
    if (as_recorded && how == Sighting::again && !had_other_first(q, receiver)) return News::nothing;
    Alternative& other = alternative(q, entry);
    if (how == Sighting::first) other.record.note_arrival(at_us);
    const bool known = std::any_of(other.holders.begin(), other.holders.end(),
                                   [receiver](const auto& holder) { return holder.stream == receiver; });
    if (known) return News::nothing;
    other.holders.push_back({receiver, how != Sighting::again, how == Sighting::own});
    return as_recorded ? News::nothing : News::differs;
}

// Whether the receiver's first content behind the number was another one than the record's.
bool ConversationLog::had_other_first(Seq32 q, std::uint32_t receiver) const {
    return std::any_of(alternatives_.lower_bound({q, 0}), alternatives_.upper_bound({q, UINT64_MAX}),
                       [receiver](const auto& other) {
                           const auto& holders = other.second.holders;
                           return std::any_of(holders.begin(), holders.end(), [receiver](const auto& holder) {
                               return holder.stream == receiver && holder.first;
                           });
                       });
}

Alternative& ConversationLog::alternative(Seq32 q, const SeenEntry& entry) {
    const auto [place, made] = alternatives_.try_emplace({q, entry.content_hash});
    if (made) place->second.record = make(q, entry);
    return place->second;
}

void ConversationLog::audit(Seq32 q, const SeenEntry& entry) {
    LogRecord& known = record(q);
    if (known.hash == 0) known = make(q, entry);
    if (known.hash == entry.content_hash)
        known.audited = 1;
    else
        alternative(q, entry).record.audited = 1;
}

}  // namespace hubbub
