// What users do and hear beside the log, as far as one worker can judge it.
#include <algorithm>

#include "base/random.hpp"
#include "loadgen/check/checker_impl.hpp"

namespace hubbub {

std::uint8_t reaction_index(std::string_view body) {
    const auto found = std::find(reaction_bodies.begin(), reaction_bodies.end(), body);
    return static_cast<std::uint8_t>(found - reaction_bodies.begin());
}

std::uint64_t ReactionClaim::key() const {
    return mix64(place.target, std::uint64_t{place.conversation} << 32 | user, place.body);
}

std::uint32_t Checker::k_of(LedgerRow row) const {
    return impl_->evidence.ledger[row].k;
}

TalkBook& Checker::talk() {
    return impl_->evidence.talk;
}

void Checker::noted(Latency what, ConversationIndex conversation, Time since, Time now) {
    const auto kind = impl_->evidence.plan.conversations[conversation.index()].kind;
    impl_->evidence.latency.note(what, kind, impl_->micros(since), impl_->micros(now));
}

void Checker::typed(UserIndex user, ConversationIndex conversation) {
    impl_->evidence.talk.typed.insert(TalkPlace{conversation.value, user.value}.key());
}

bool Checker::heard_in(DeviceIndex receiver, std::optional<ConversationIndex> conversation, Time now) {
    if (conversation && impl_->evidence.plan.stream_of(receiver, *conversation)) return true;
    impl_->leaked_beside(receiver, conversation, {}, "said beside the log to a device that is no member",
                         now);
    return false;
}

bool Checker::heard_about(DeviceIndex receiver, std::optional<ConversationIndex> conversation,
                          std::optional<UserIndex> user, Time now) {
    if (!heard_in(receiver, conversation, now)) return false;
    const Plan& plan = impl_->evidence.plan;
    if (!user || !plan.stream_of(plan.device_of(*user), *conversation)) {
        impl_->leaked_beside(receiver, conversation, user,
                             "said beside the log about somebody who is no member", now);
        return false;
    }
    if (*user != plan.user_of(receiver)) return true;
    impl_->leaked_beside(receiver, conversation, user, "said beside the log about oneself", now);
    return false;
}

void Checker::Impl::leaked_beside(DeviceIndex receiver, std::optional<ConversationIndex> conversation,
                                  std::optional<UserIndex> user, std::string_view why, Time now) {
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.receiver = receiver.value;
    if (conversation) raw.conversation = conversation->value;
    if (user) raw.sender = evidence.plan.device_of(*user).value;
    raw.why = why;
    ++evidence.live.leaked;
    evidence.evidence.note("leaked", raw);
}

void Checker::typing_heard(DeviceIndex receiver, ConversationIndex conversation, UserIndex user, Time now) {
    TalkBook& talk = impl_->evidence.talk;
    const TalkPlace place{conversation.value, user.value};
    if (talk.typed.contains(place.key())) return;
    TalkBook::Heard& heard = talk.typing_heard[place];
    if (++heard.notices > 1) return;
    heard.first.at_us = impl_->micros(now);
    heard.first.conversation = conversation.value;
    heard.first.receiver = receiver.value;
    heard.first.sender = impl_->evidence.plan.device_of(user).value;
    heard.first.why = "said to type, and never typed there";
}

void Checker::reacted(UserIndex user, const ReactionPlace& place) {
    impl_->evidence.talk.reacted.insert(ReactionClaim{place, user.value, true}.key());
}

void Checker::reaction_heard(DeviceIndex receiver, UserIndex user, const ReactionPlace& place, bool set,
                             Time now) {
    TalkBook& talk = impl_->evidence.talk;
    const ReactionClaim claim{place, user.value, set};
    // Nobody of a run takes back.
    if (set && talk.reacted.contains(claim.key())) return;
    TalkBook::Heard* const heard = impl_->claimed(talk.reactions_heard, claim);
    if (heard == nullptr || ++heard->notices > 1) return;
    heard->first = impl_->claim_about(place, receiver, now);
    heard->first.sender = impl_->evidence.plan.device_of(user).value;
    heard->first.why = set ? "told of a reaction that its user never asked for"
                           : "told of a reaction that was taken back, which nobody does";
}

void Checker::reactions_counted(DeviceIndex receiver, const ReactionPlace& place, std::uint64_t count,
                                Time now) {
    TalkBook& talk = impl_->evidence.talk;
    const auto made = talk.reactions.find(place);
    if (count <= (made == talk.reactions.end() ? 0 : made->second.acked)) return;
    TalkBook::Heard* const heard = impl_->claimed(talk.counts_heard, CountClaim{place, count});
    if (heard == nullptr || ++heard->notices > 1) return;
    heard->first = impl_->claim_about(place, receiver, now);
    heard->first.why = "told of more reactions than anybody asked for";
}

RawEvidence Checker::Impl::claim_about(const ReactionPlace& place, DeviceIndex receiver, Time now) const {
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.conversation = place.conversation;
    raw.sequence = place.target;
    raw.receiver = receiver.value;
    return raw;
}

}  // namespace hubbub
