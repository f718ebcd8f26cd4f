#include "refserver/core/contacts.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

constexpr std::uint32_t overloaded_retry_ms = 100;

Contact changed(Contact contact, ContactChange change) {
    switch (change) {
        case ContactChange::add:
            contact.known = true;
            break;
        case ContactChange::remove:
            contact.known = false;
            break;
        case ContactChange::block:
            contact.blocked = true;
            break;
        case ContactChange::unblock:
            contact.blocked = false;
            break;
    }
    return contact;
}

}  // namespace

Contacts::Contacts(ShardContext& context, Switchboard& switchboard, Conversations& conversations,
                   Commits& commits, const bool& read_only)
    : context_(context),
      switchboard_(switchboard),
      conversations_(conversations),
      commits_(commits),
      read_only_(read_only) {}

ErrorCode Contacts::failed(const Error& error) {
    context_.counters.store_failures.add();
    context_.log.error(error.message);
    return ErrorCode::internal;
}

std::size_t Contacts::Book::count(bool Contact::*what) const {
    return static_cast<std::size_t>(
        std::count_if(of.begin(), of.end(), [&](const auto& one) { return one.second.*what; }));
}

Contact Contacts::Book::to(std::string_view other) const {
    const auto found = of.find(other);
    return found == of.end() ? Contact{} : found->second;
}

Result<Contacts::Book*> Contacts::book(const std::string& user) {
    const auto here = books_.find(user);
    if (here != books_.end()) return &here->second;
    Book loaded;
    Status bad;
    const auto range = keys::contacts(user);
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view value) {
            const auto contact = decode_contact(value);
            if (contact.has_error()) {
                bad = contact.error();
                return false;
            }
            if (const auto other = keys::other_of_contact(key)) loaded.of.emplace(*other, *contact);
            return true;
        });
    if (scanned.has_error()) return scanned.error();
    if (bad.has_error()) return bad.error();
    forget_old();
    by_age_.push_back(user);
    return &books_.emplace(user, std::move(loaded)).first->second;
}

/// The longest known go first; with durability `none` the store may lag behind, so nothing is forgotten.
void Contacts::forget_old() {
    if (books_.size() < limits::contact_books_max || context_.store.durability() == Durability::none) return;
    for (std::size_t looked_at = 0; looked_at < 64 && !by_age_.empty(); ++looked_at) {
        std::string oldest = std::move(by_age_.front());
        by_age_.pop_front();
        const auto found = books_.find(oldest);
        if (found->second.out == 0) {
            books_.erase(found);
            return;
        }
        by_age_.push_back(std::move(oldest));
    }
}

/// `unsupported` stands for: nothing speaks against it.
ErrorCode Contacts::refusal(const ChangeContactMail& mail, const Book& book) const {
    if (mail.user == mail.other) return ErrorCode::forbidden;
    if (read_only_) return ErrorCode::read_only;
    if (out_.size() >= limits::uncommitted_max) return ErrorCode::overloaded;
    const bool full =
        (mail.change == ContactChange::add && book.count(&Contact::known) >= limits::contacts_max) ||
        (mail.change == ContactChange::block && book.count(&Contact::blocked) >= limits::contacts_max);
    return full ? ErrorCode::too_large : ErrorCode::unsupported;
}

void Contacts::change(const ChangeContactMail& mail) {
    const auto found = book(mail.user);
    if (found.has_error()) return reject(mail.session, mail.id, failed(found.error()));
    Book& book = **found;
    const Contact before = book.to(mail.other);
    const Contact after = changed(before, mail.change);
    const bool news = after != before;
    const ErrorCode refused = news ? refusal(mail, book) : ErrorCode::unsupported;
    if (refused != ErrorCode::unsupported) return reject(mail.session, mail.id, refused);
    if (news) {
        ++book.out;
        const std::string key = keys::contact(mail.user, mail.other);
        if (after == Contact{}) {
            book.of.erase(mail.other);
            commits_.writes().erase(key);
        } else {
            book.of[mail.other] = after;
            commits_.writes().put(key, encode(after));
        }
    } else if (out_.empty()) {
        switchboard_.answer({mail.session, context_.frame_of(Done{mail.id, 0}), {}, 0});
        return;
    }
    const std::uint64_t batch = news ? commits_.filling_number() : out_.back().batch;
    out_.push_back({batch, mail, news, before.blocked != after.blocked});
}

void Contacts::committed(std::uint64_t batch, CommitStatus status) {
    while (!out_.empty() && out_.front().batch <= batch) {
        const Out out = std::move(out_.front());
        out_.pop_front();
        if (out.news) --books_.find(out.mail.user)->second.out;
        if (status != CommitStatus::committed) {
            reject(out.mail.session, out.mail.id, ErrorCode::unknown_outcome);
            continue;
        }
        // The owners first: a send behind the answer must meet the block.
        if (out.block_changed) tell_owners(out.mail);
        switchboard_.answer({out.mail.session, context_.frame_of(Done{out.mail.id, 0}), {}, 0});
    }
}

/// To the owners of the conversations that the two share; which of them are direct, they know.
void Contacts::tell_owners(const ChangeContactMail& mail) {
    const auto range = keys::user_conversations(mail.user);
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view) {
            const auto id = keys::conversation_of_user(key);
            if (!id) return true;
            const auto other = context_.store.get(keys::member(*id, mail.other));
            if (other.has_value() && *other)
                switchboard_.post(switchboard_.owner_of(*id),
                                  BlockMail{*id, mail.user, mail.change == ContactChange::block});
            return true;
        });
    if (scanned.has_error()) failed(scanned.error());
}

void Contacts::blocked(const BlockMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error() || !*found || (*found)->kind != ConversationClass::direct) return;
    Conversation& conversation = **found;
    silenced(conversation);  // what the store knows comes first
    const UserSlot user = conversations_.names.user(mail.user);
    std::erase(conversation.blockers, user);
    if (mail.on) conversation.blockers.push_back(user);
}

/// Read once a conversation; kept true by blocked().
bool Contacts::silenced(Conversation& conversation) {
    if (conversation.kind != ConversationClass::direct) return false;
    if (conversation.blockers_known) return !conversation.blockers.empty();
    conversation.blockers_known = true;
    for (const Member& one : conversation.members) {
        for (const Member& other : conversation.members) {
            if (one.user == other.user) continue;
            const auto bytes = context_.store.get(
                keys::contact(conversations_.names.name(one.user), conversations_.names.name(other.user)));
            if (bytes.has_error()) {
                failed(bytes.error());
                continue;
            }
            if (!*bytes) continue;
            const auto contact = decode_contact(**bytes);
            if (contact.has_error()) failed(contact.error());
            if (contact.has_value() && contact->blocked) conversation.blockers.push_back(one.user);
        }
    }
    return !conversation.blockers.empty();
}

void Contacts::permit(PermitMail&& mail) {
    CreateMail& create = mail.create;
    const auto found = book(mail.other);
    if (found.has_error()) return reject(create.session, create.id, failed(found.error()));
    if ((*found)->to(create.creator).blocked) return reject(create.session, create.id, ErrorCode::forbidden);
    const SessionRef session = create.session;
    const RequestId id = create.id;
    std::string home;
    join_names(home, create.creator, create.key);
    if (!switchboard_.request(switchboard_.home_of(home), std::move(create)))
        reject(session, id, ErrorCode::overloaded);
}

void Contacts::list(const ListContactsMail& mail) {
    const auto found = book(mail.user);
    if (found.has_error()) return reject(mail.session, mail.id, failed(found.error()));
    ContactList list{mail.id, {}, {}};
    for (const auto& [other, contact] : (*found)->of) {
        if (contact.known) list.contacts.emplace_back(other);
        if (contact.blocked) list.blocked.emplace_back(other);
    }
    switchboard_.answer({mail.session, context_.frame_of(list), {}, 0});
}

void Contacts::reject(const SessionRef& session, RequestId id, ErrorCode code) {
    context_.counters.reject(code);
    const std::uint32_t wait = code == ErrorCode::overloaded ? overloaded_retry_ms : 0;
    switchboard_.answer(
        {session, context_.frame_of(Rejected{.code = code, .id = id, .retry_after_ms = wait}), {}, 0});
}

}  // namespace hubbub
