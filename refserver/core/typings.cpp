#include "refserver/core/typings.hpp"

#include <algorithm>

namespace hubbub {

void Typings::take(const TypingMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    const auto user = conversations_.names.find_user(mail.user);
    if (found.has_error() || !*found || !user || !(*found)->joined(*user) ||
        (*found)->members.size() > limits::talkative_members_max || contacts_.silenced(**found)) {
        context_.counters.typing_ignored.add();
        return;
    }
    Conversation& conversation = **found;
    auto& typists = here_[conversation.id];
    auto typist =
        std::find_if(typists.begin(), typists.end(), [&](const Typist& one) { return one.user == *user; });
    const Time now = context_.now;
    if (typist == typists.end()) {
        if (!mail.on || deadlines_.size() >= limits::typists_max) {
            if (typists.empty()) here_.erase(conversation.id);
            context_.counters.typing_ignored.add();
            return;
        }
        typists.push_back({*user, true, now + limits::typing_ttl, now});
        deadlines_.emplace(now + limits::typing_ttl, Deadline{&conversation, *user});
        return tell(conversation, *user, true);
    }
    if (mail.on && !typist->on && now - typist->told < limits::typing_gap) {
        context_.counters.typing_ignored.add();
        return;
    }
    const bool news = mail.on != typist->on;
    typist->until = now + (mail.on ? limits::typing_ttl : limits::typing_gap);
    typist->on = mail.on;
    if (!news) return;
    if (mail.on) typist->told = now;
    tell(conversation, *user, mail.on);
}

void Typings::turn() {
    while (!deadlines_.empty() && deadlines_.begin()->first <= context_.now) {
        const Deadline due = deadlines_.begin()->second;
        deadlines_.erase(deadlines_.begin());
        expire(due);
    }
}

void Typings::expire(const Deadline& due) {
    auto& typists = here_[due.conversation->id];
    const auto typist =
        std::find_if(typists.begin(), typists.end(), [&](const Typist& one) { return one.user == due.user; });
    if (typist->until > context_.now) {
        deadlines_.emplace(typist->until, due);
        return;
    }
    const bool on = typist->on;
    typists.erase(typist);
    if (typists.empty()) here_.erase(due.conversation->id);
    // Who has left meanwhile is nobody's concern any more.
    if (on && due.conversation->joined(due.user)) tell(*due.conversation, due.user, false);
}

void Typings::tell(const Conversation& conversation, UserSlot user, bool on) {
    const std::string_view name = conversations_.names.name(user);
    const SharedBytes frame = context_.frame_of(TypingNotice{conversation.id, name, on});
    context_.counters.typing_notices.add();
    for (const auto& listener : conversation.listeners)
        switchboard_.whisper(listener.shard, {conversation.id, frame, name, {}});
}

}  // namespace hubbub
