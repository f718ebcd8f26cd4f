#include "refserver/core/reactions.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

// Hint for clients whose request met a full queue: a queue of this server empties within some turns.
constexpr std::uint32_t overloaded_retry_ms = 100;

}  // namespace

Reactions::Reactions(ShardContext& context, Switchboard& switchboard, Conversations& conversations,
                     Commits& commits, Targets& targets, Contacts& contacts, const bool& read_only,
                     OwnerSabotage* wrongs)
    : context_(context),
      switchboard_(switchboard),
      conversations_(conversations),
      commits_(commits),
      targets_(targets),
      contacts_(contacts),
      read_only_(read_only),
      wrongs_(wrongs) {}

ErrorCode Reactions::failed(const Error& error) {
    context_.counters.store_failures.add();
    context_.log.error(error.message);
    return ErrorCode::internal;
}

/// The reactions to one entry, read at the first touch.
Result<Reactions::Book*> Reactions::book(const ConversationId& conversation, Sequence target) {
    const Place place{conversation, target};
    const auto here = books_.find(place);
    if (here != books_.end()) return &here->second;
    Book loaded;
    const auto range = keys::reactions(conversation, target, target);
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view) {
            if (const auto found = keys::reaction_of(key))
                loaded.by_body[std::string(found->body)].insert(conversations_.names.user(found->user));
            return true;
        });
    if (scanned.has_error()) return scanned.error();
    forget_old();
    by_age_.push_back(place);
    return &books_.emplace(place, std::move(loaded)).first->second;
}

/// The longest known go first; with durability `none` the store may lag behind, so nothing is forgotten.
void Reactions::forget_old() {
    if (books_.size() < limits::reacted_entries_max || context_.store.durability() == Durability::none)
        return;
    for (std::size_t looked_at = 0; looked_at < 64 && !by_age_.empty(); ++looked_at) {
        const Place oldest = by_age_.front();
        by_age_.pop_front();
        const auto found = books_.find(oldest);
        if (found->second.out == 0) {
            books_.erase(found);
            return;
        }
        by_age_.push_back(oldest);
    }
}

/// `unsupported` stands for: nothing speaks against it.
ErrorCode Reactions::refusal(const ReactMail& mail, Conversation*& conversation, UserSlot& user) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error()) return failed(found.error());
    const auto slot = conversations_.names.find_user(mail.user);
    if (!*found || !slot) return ErrorCode::forbidden;
    const auto visible = targets_.visible(**found, *slot, mail.target);
    if (visible.has_error()) return failed(visible.error());
    if (!*visible || contacts_.silenced(**found)) return ErrorCode::forbidden;
    if (read_only_) return ErrorCode::read_only;
    if (out_.size() >= limits::uncommitted_max || switchboard_.waiting() >= limits::mailbox_mails_max)
        return ErrorCode::overloaded;
    conversation = *found;
    user = *slot;
    return ErrorCode::unsupported;
}

void Reactions::react(const ReactMail& mail) {
    Change made{mail, nullptr, {}, false};
    const ErrorCode refused = refusal(mail, made.conversation, made.user);
    if (refused != ErrorCode::unsupported) return reject(mail.session, mail.id, refused);
    const auto found = book(mail.conversation, mail.target);
    if (found.has_error()) return reject(mail.session, mail.id, failed(found.error()));
    Book& book = **found;
    if (mail.set && !book.by_body.contains(mail.body) && book.by_body.size() >= limits::reaction_kinds_max)
        return reject(mail.session, mail.id, ErrorCode::too_large);

    if (wrongs_ && mail.set && would_change(book, mail, made.user) &&
        wrongs_->lose_reaction(mail.conversation, mail.user, mail.target)) {
        switchboard_.answer({mail.session, context_.frame_of(Done{mail.id, 0}), {}, 0});
        return;
    }
    made.news = change(book, mail, made.user);
    // What is so already is answered behind what is out: that may be what made it so.
    if (!made.news && out_.empty()) {
        switchboard_.answer({mail.session, context_.frame_of(Done{mail.id, 0}), {}, 0});
        return;
    }
    if (made.news) {
        ++book.out;
        const std::string key = keys::reaction(mail.conversation, mail.target, mail.user, mail.body);
        if (mail.set) {
            commits_.writes().put(key, {});
        } else {
            commits_.writes().erase(key);
        }
    }
    const std::uint64_t batch = made.news ? commits_.filling_number() : out_.back().batch;
    out_.push_back({batch, std::move(made)});
}

bool Reactions::would_change(const Book& book, const ReactMail& mail, UserSlot user) {
    const auto users = book.by_body.find(mail.body);
    return (users != book.by_body.end() && users->second.contains(user)) != mail.set;
}

/// Returns whether anything changed.
bool Reactions::change(Book& book, const ReactMail& mail, UserSlot user) {
    if (mail.set) return book.by_body[mail.body].insert(user).second;
    const auto users = book.by_body.find(mail.body);
    if (users == book.by_body.end() || users->second.erase(user) == 0) return false;
    if (users->second.empty()) book.by_body.erase(users);
    return true;
}

void Reactions::committed(std::uint64_t batch, CommitStatus status) {
    while (!out_.empty() && out_.front().batch <= batch) {
        const Change change = std::move(out_.front().change);
        out_.pop_front();
        if (change.news) --books_.at({change.mail.conversation, change.mail.target}).out;
        if (status != CommitStatus::committed) {
            reject(change.mail.session, change.mail.id, ErrorCode::unknown_outcome);
            continue;
        }
        switchboard_.answer({change.mail.session, context_.frame_of(Done{change.mail.id, 0}), {}, 0});
        if (change.news) tell(change);
    }
}

void Reactions::tell(const Change& change) {
    context_.counters.reactions.add();
    const Conversation& conversation = *change.conversation;
    if (conversation.members.size() > limits::talkative_members_max) return count_later(change);
    const std::string_view user = conversations_.names.name(change.user);
    const SharedBytes frame = context_.frame_of(
        ReactionNotice{conversation.id, change.mail.target, user, change.mail.body, change.mail.set});
    context_.counters.reaction_notices.add();
    for (const auto& listener : conversation.listeners)
        switchboard_.whisper(listener.shard, {conversation.id, frame, user, {}});
}

void Reactions::count_later(const Change& change) {
    Counting& counting =
        counting_.try_emplace(change.conversation->id, Counting{context_.now, {}}).first->second;
    if (counting.changed.size() < limits::reacted_entries_max)
        counting.changed.emplace(change.mail.target, change.mail.body);
}

void Reactions::turn() {
    for (auto at = counting_.begin(); at != counting_.end();) {
        if (at->second.at > context_.now) {
            ++at;
            continue;
        }
        if (at->second.changed.empty()) {
            at = counting_.erase(at);
            continue;
        }
        const auto found = conversations_.find(at->first);
        if (found.has_value() && *found) tell_counts(**found, at->second.changed);
        at->second.at = context_.now + limits::reaction_counts_every;
        ++at;
    }
}

/// What does not fit into one frame waits for the next. A reaction that nobody keeps is told as 0.
void Reactions::tell_counts(const Conversation& conversation, std::set<Reacted>& changed) {
    ReactionCounts counts{conversation.id, {}};
    auto at = changed.begin();
    for (; at != changed.end() && counts.items.size() < limits::listed_reactions_max; ++at) {
        const auto found = book(conversation.id, at->first);
        if (found.has_error()) {
            failed(found.error());
            continue;
        }
        const auto users = (*found)->by_body.find(at->second);
        const std::size_t count = users == (*found)->by_body.end() ? 0 : users->second.size();
        counts.items.push_back({at->first, at->second, count});
    }
    const SharedBytes frame = context_.frame_of(counts);
    changed.erase(changed.begin(), at);
    context_.counters.reaction_notices.add();
    for (const auto& listener : conversation.listeners)
        switchboard_.whisper(listener.shard, {conversation.id, frame, {}, {}});
}

/// From the store: what is out is not there yet, and was not answered yet either.
void Reactions::list(const ListReactionsMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error()) return reject(mail.session, mail.id, failed(found.error()));
    const auto user = conversations_.names.find_user(mail.user);
    const auto since = *found && user ? (*found)->joined(*user) : std::nullopt;
    if (!since) return reject(mail.session, mail.id, ErrorCode::forbidden);

    std::map<std::pair<Sequence, std::string>, std::uint64_t> counted;
    const auto range = keys::reactions(mail.conversation, std::max(mail.from, *since), mail.until);
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view) {
            if (const auto one = keys::reaction_of(key)) ++counted[{one->target, std::string(one->body)}];
            return counted.size() < limits::listed_reactions_max;
        });
    if (scanned.has_error()) return reject(mail.session, mail.id, failed(scanned.error()));
    ReactionList list{mail.id, mail.conversation, {}};
    for (const auto& [what, count] : counted) list.items.push_back({what.first, what.second, count});
    switchboard_.answer({mail.session, context_.frame_of(list), {}, 0});
}

void Reactions::reject(const SessionRef& session, RequestId id, ErrorCode code) {
    context_.counters.reject(code);
    const std::uint32_t wait = code == ErrorCode::overloaded ? overloaded_retry_ms : 0;
    switchboard_.answer(
        {session, context_.frame_of(Rejected{.code = code, .id = id, .retry_after_ms = wait}), {}, 0});
}

Time Reactions::next_deadline() const {
    Time next = never;
    for (const auto& [id, counting] : counting_) next = std::min(next, counting.at);
    return next;
}

}  // namespace hubbub
