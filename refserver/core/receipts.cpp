#include "refserver/core/receipts.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

// Hint for clients whose request met a full queue: a queue of this server empties within some turns.
constexpr std::uint32_t overloaded_retry_ms = 100;

}  // namespace

Receipts::Receipts(ShardContext& context, Switchboard& switchboard, Conversations& conversations,
                   Commits& commits, Contacts& contacts, const bool& read_only)
    : context_(context),
      switchboard_(switchboard),
      conversations_(conversations),
      commits_(commits),
      contacts_(contacts),
      read_only_(read_only),
      cursors_(context) {}

void Receipts::failed(const Error& error) {
    context_.counters.store_failures.add();
    context_.log.error(error.message);
}

/// The stored watermarks, read at the first touch of the conversation.
Result<Receipts::Book*> Receipts::book(const Conversation& conversation) {
    const auto here = books_.find(conversation.id);
    if (here != books_.end()) return &here->second;
    Book loaded;
    Status bad;
    const auto range = keys::watermarks(conversation.id);
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view value) {
            const auto marks = decode_watermarks(value);
            if (marks.has_error()) {
                bad = marks.error();
                return false;
            }
            if (const auto user = keys::user_of_watermarks(key))
                loaded.marks[conversations_.names.user(*user)] = {*marks, *marks};
            return true;
        });
    if (scanned.has_error()) return scanned.error();
    if (bad.has_error()) return bad.error();
    return &books_.emplace(conversation.id, std::move(loaded)).first->second;
}

void Receipts::take(const ReceiptMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error()) return failed(found.error());
    const auto user = conversations_.names.find_user(mail.user);
    if (read_only_ || !*found || !user || !(*found)->joined(*user) || contacts_.silenced(**found)) {
        context_.counters.receipts_ignored.add();
        return;
    }
    Conversation& conversation = **found;
    move_cursor(conversation, mail);
    const auto kept = book(conversation);
    if (kept.has_error()) return failed(kept.error());
    // Nobody has what is not there. Who has read it has received it.
    const Watermarks said{std::min(std::max(mail.delivered, mail.read), conversation.committed),
                          std::min(mail.read, conversation.committed)};
    Marks& marks = (*kept)->marks[*user];
    const Watermarks risen{std::max(marks.now.delivered, said.delivered),
                           std::max(marks.now.read, said.read)};
    if (risen == marks.now) return;
    marks.now = risen;
    context_.counters.receipts.add();
    if (marks.changed) return;
    marks.changed = true;
    changed_.push_back({&conversation, *user, {}});
    if (store_at_ == never) store_at_ = context_.now + limits::receipt_window;
    if (changed_.size() >= limits::receipts_changed_max) store_at_ = context_.now;
}

/// By what the device has received alone: a user may have read it on another one.
void Receipts::move_cursor(const Conversation& conversation, const ReceiptMail& mail) {
    const Sequence delivered = std::min(mail.delivered, conversation.committed);
    if (delivered == 0) return;
    const auto rose = cursors_.rise(conversation, mail.user, mail.device, delivered);
    if (rose.has_error()) return failed(rose.error());
    if (*rose && store_at_ == never) store_at_ = context_.now + limits::receipt_window;
    if (cursors_.waiting() >= limits::receipts_changed_max) store_at_ = context_.now;
}

void Receipts::list(const ListReceiptsMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error()) {
        failed(found.error());
        return reject(mail, ErrorCode::internal);
    }
    const auto user = conversations_.names.find_user(mail.user);
    if (!*found || !user || !(*found)->joined(*user)) return reject(mail, ErrorCode::forbidden);
    // What was said since is not taken any more, and the list would deny it.
    if (read_only_) return reject(mail, ErrorCode::read_only);
    // Behind all that was said before: with the next batch, or with those that are out.
    if (changed_.empty() && out_.empty()) return answer(mail);
    if (askers_.size() >= limits::receipts_changed_max) return reject(mail, ErrorCode::overloaded);
    askers_.push_back(mail);
    store_at_ = context_.now;
}

void Receipts::turn() {
    if (store_at_ <= context_.now) store_changes();
    while (!to_count_.empty() && to_count_.begin()->first <= context_.now) {
        Conversation& conversation = *to_count_.begin()->second;
        to_count_.erase(to_count_.begin());
        Book& book = books_[conversation.id];
        book.to_count = false;
        book.counted_at = context_.now;
        count(conversation, book);
    }
}

void Receipts::store_changes() {
    store_at_ = never;
    if (read_only_) {
        // Nothing is stored any more, so nothing is told any more.
        changed_.clear();
        for (const ListReceiptsMail& asker : askers_) reject(asker, ErrorCode::read_only);
        askers_.clear();
        return;
    }
    cursors_.store(commits_.writes());
    for (Change& change : changed_) {
        Marks& marks = books_[change.conversation->id].marks[change.user];
        marks.changed = false;
        change.marks = marks.now;
        commits_.writes().put(
            keys::watermarks(change.conversation->id, conversations_.names.name(change.user)),
            encode(marks.now));
    }
    if (changed_.empty() && out_.empty()) {
        for (const ListReceiptsMail& asker : askers_) answer(asker);
        askers_.clear();
        return;
    }
    // Askers without changes of their own wait for what is out already.
    const std::uint64_t batch = changed_.empty() ? out_.back().batch : commits_.filling_number();
    out_.push_back({batch, std::move(changed_), std::move(askers_)});
    changed_.clear();
    askers_.clear();
}

void Receipts::committed(std::uint64_t batch, CommitStatus status) {
    while (!out_.empty() && out_.front().batch <= batch) {
        const Out out = std::move(out_.front());
        out_.pop_front();
        if (status != CommitStatus::committed) {
            for (const ListReceiptsMail& asker : out.askers) reject(asker, ErrorCode::read_only);
            continue;
        }
        for (const Change& change : out.changes) tell(change);
        for (const ListReceiptsMail& asker : out.askers) answer(asker);
    }
}

void Receipts::tell(const Change& change) {
    Conversation& conversation = *change.conversation;
    Book& book = books_[conversation.id];
    Marks& marks = book.marks[change.user];
    marks.told = change.marks;
    if (conversation.members.size() > limits::talkative_members_max) {
        if (book.to_count) return;
        book.to_count = true;
        const Time at = std::max(context_.now, book.counted_at + limits::receipt_counts_every);
        to_count_.emplace(at, &conversation);
        return;
    }
    if (conversation.listeners.empty()) return;
    const std::string_view name = conversations_.names.name(change.user);
    const Watermarks& told = change.marks;
    const SharedBytes frame =
        context_.frame_of(ReceiptNotice{conversation.id, name, told.delivered, told.read});
    context_.counters.receipt_notices.add();
    for (const auto& listener : conversation.listeners)
        switchboard_.whisper(listener.shard, {conversation.id, frame, name, {}});
}

/// To each device whose message is among the last ones: how many have its newest, and have read it.
void Receipts::count(Conversation& conversation, const Book& book) {
    std::vector<DeviceSlot> told;
    const auto& recent = conversation.recent;
    for (auto entry = recent.rbegin(); entry != recent.rend(); ++entry) {
        if (told.size() >= limits::receipt_counts_senders_max) return;
        if (entry->number == 0 || std::find(told.begin(), told.end(), entry->device) != told.end()) continue;
        told.push_back(entry->device);
        const UserSlot sender = conversations_.names.user_of(entry->device);
        ReceiptCounts counts{conversation.id, entry->sequence, 0, 0};
        for (const auto& [user, marks] : book.marks) {
            if (user == sender) continue;
            counts.delivered += marks.told.delivered >= entry->sequence ? 1 : 0;
            counts.read += marks.told.read >= entry->sequence ? 1 : 0;
        }
        const SharedBytes frame = context_.frame_of(counts);
        context_.counters.receipt_notices.add();
        for (const auto& listener : conversation.listeners)
            switchboard_.whisper(listener.shard, {conversation.id, frame, conversations_.names.name(sender),
                                                  conversations_.names.name(entry->device)});
    }
}

void Receipts::answer(const ListReceiptsMail& asker) {
    ReceiptList list{asker.id, asker.conversation, {}};
    const auto found = conversations_.find(asker.conversation);
    if (found.has_error() || !*found) return reject(asker, ErrorCode::internal);
    const auto kept = book(**found);
    if (kept.has_error()) {
        failed(kept.error());
        return reject(asker, ErrorCode::internal);
    }
    // In a large conversation each sees its own: the whole would not fit, and is nobody's business.
    const bool all = (*found)->members.size() <= limits::talkative_members_max;
    for (const auto& [user, marks] : (*kept)->marks) {
        const std::string_view name = conversations_.names.name(user);
        if ((all || name == asker.user) && (*found)->joined(user))
            list.items.push_back({name, marks.told.delivered, marks.told.read});
    }
    switchboard_.answer({asker.session, context_.frame_of(list), {}, 0});
}

void Receipts::reject(const ListReceiptsMail& asker, ErrorCode code) {
    context_.counters.reject(code);
    const std::uint32_t wait = code == ErrorCode::overloaded ? overloaded_retry_ms : 0;
    switchboard_.answer({asker.session,
                         context_.frame_of(Rejected{.code = code, .id = asker.id, .retry_after_ms = wait}),
                         {},
                         0});
}

Time Receipts::next_deadline() const {
    return to_count_.empty() ? store_at_ : std::min(store_at_, to_count_.begin()->first);
}

}  // namespace hubbub
