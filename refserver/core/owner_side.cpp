#include "refserver/core/owner_side.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

// Hint for a sender that met a full committer: it empties with the next group commits.
constexpr std::uint32_t overloaded_retry_ms = 100;

LogEntry message_entry(std::string_view user, std::string_view device, WireNumber number,
                       std::string_view body) {
    return {.kind = EntryKind::message,
            .user = std::string(user),
            .device = std::string(device),
            .number = number,
            .body = std::string(body),
            .members = {}};
}

LogEntry message_entry(const SendRequest& request) {
    LogEntry entry = message_entry(request.user, request.device, request.number, request.body);
    entry.op = request.op;
    entry.target = request.target;
    return entry;
}

}  // namespace

OwnerSide::OwnerSide(ShardContext& context, Switchboard& switchboard, Random random, Saboteur* saboteur)
    : context_(context),
      switchboard_(switchboard),
      wrongs_(saboteur ? std::make_unique<OwnerSabotage>(context, *saboteur) : nullptr),
      conversations_(context),
      commits_(context),
      catch_up_(context, switchboard, conversations_, wrongs_.get()),
      targets_(conversations_),
      contacts_(context, switchboard, conversations_, commits_, read_only_),
      receipts_(context, switchboard, conversations_, commits_, contacts_, read_only_),
      typings_(context, switchboard, conversations_, contacts_),
      reactions_(context, switchboard, conversations_, commits_, targets_, contacts_, read_only_,
                 wrongs_.get()),
      membership_(context, switchboard, conversations_, commits_, read_only_, random) {}

void OwnerSide::send(const SendRequest& request) {
    const auto found = conversations_.find(request.conversation);
    if (found.has_error()) {
        context_.counters.store_failures.add();
        context_.log.error(found.error().message);
        return reject(request, ErrorCode::internal);
    }
    Conversation* const conversation = *found;
    const auto user = conversations_.names.find_user(request.user);
    const bool allowed =
        conversation && user &&
        may(Act::send, conversations_.standing(*conversation, request.user), conversation->openness());
    if (!allowed) return reject(request, ErrorCode::forbidden);

    const DeviceSlot device = conversations_.names.device(*user, request.device);
    const auto sender = conversations_.sender(*conversation, device);
    if (sender.has_error()) {
        context_.counters.store_failures.add();
        context_.log.error(sender.error().message);
        return reject(request, ErrorCode::internal);
    }
    const bool again = request.number != 0 && request.number <= (*sender)->accepted.last();
    if (again && context_.options.delivery != DeliveryStrategy::at_least_once)
        return repeat(request, *conversation, **sender);
    if (const std::uint32_t wait = too_often(request, *conversation))
        return reject(request, ErrorCode::rate_limited, wait);
    if (wrongs_ && !again && append_swapped(request, *conversation, **sender)) return;
    ErrorCode refusal = !again && request.number != (*sender)->accepted.last() + 1 ? ErrorCode::out_of_order
                                                                                   : check_room(**sender);
    if (refusal == ErrorCode::internal && contacts_.silenced(*conversation)) refusal = ErrorCode::forbidden;
    if (refusal == ErrorCode::internal && request.op != SendOp::text)
        refusal = check_target(*conversation, *user, request);
    if (refusal != ErrorCode::internal) return reject(request, refusal);
    again ? append_again(request, *conversation, **sender) : append(request, *conversation, **sender);
}

/// Milliseconds until it may be sent; 0: now. The user's own limit first: what it refuses takes nothing from
/// the others in the conversation.
std::uint32_t OwnerSide::too_often(const SendRequest& request, Conversation& conversation) const {
    if (request.refuse_for_ms != 0) return request.refuse_for_ms;
    const Rate& rate = context_.options.limits.conversation_sends;
    return rate.limited() ? retry_after_ms(conversation.sends.take(rate, context_.now)) : 0;
}

/// `internal`: nothing speaks against it.
ErrorCode OwnerSide::check_room(const Sender& sender) const {
    if (read_only_) return ErrorCode::read_only;
    if (sender.in_flight() >= limits::in_flight_max) return ErrorCode::too_many_in_flight;
    const bool full = commits_.uncommitted() >= limits::uncommitted_max ||
                      switchboard_.waiting() >= limits::mailbox_mails_max;
    return full ? ErrorCode::overloaded : ErrorCode::internal;
}

/// `internal`: nothing speaks against it. What cannot be looked up now may be asked again.
ErrorCode OwnerSide::check_target(const Conversation& conversation, UserSlot user,
                                  const SendRequest& request) {
    const auto allowed = targets_.allowed(conversation, user, request.op, request.target);
    if (allowed.has_value()) return *allowed ? ErrorCode::internal : ErrorCode::forbidden;
    context_.counters.store_failures.add();
    context_.log.error(allowed.error().message);
    return ErrorCode::overloaded;
}

/// The original answer for a number that was accepted; while it waits for its commit, the answer that is to
/// come goes to the session that asked last.
void OwnerSide::repeat(const SendRequest& request, const Conversation& conversation, Sender& sender) {
    context_.counters.resends.add();
    if (request.number > sender.committed) {
        if (read_only_) return reject(request, ErrorCode::unknown_outcome);
        sender.session = request.session;
        return;
    }
    const auto sequence = sender.accepted.lookup(request.number);
    if (!sequence) return reject(request, ErrorCode::already_sent);
    switchboard_.answer(
        {request.session, ack(conversation, request.number, *sequence), conversation.id, *sequence});
}

void OwnerSide::append(const SendRequest& request, Conversation& conversation, Sender& sender) {
    sender.session = request.session;
    context_.counters.sends.add();
    if (wrongs_ && request.op == SendOp::text && wrongs_->hold_back(request, conversation, sender)) return;
    LogEntry entry = message_entry(request);
    if (wrongs_) return append_wrongly(std::move(entry), conversation, sender);
    append_honestly(std::move(entry), conversation, sender);
}

/// Nobody here knows that it was sent before: it is another message, under the number that was told.
void OwnerSide::append_again(const SendRequest& request, Conversation& conversation, Sender& sender) {
    sender.session = request.session;
    context_.counters.resends.add();
    context_.counters.stored_again.add();
    log(message_entry(request), conversation, ++conversation.last, &sender);
}

void OwnerSide::append_honestly(LogEntry entry, Conversation& conversation, Sender& sender) {
    const Sequence sequence = ++conversation.last;
    sender.accepted.accept(sequence);
    log(entry, conversation, sequence, &sender);
}

Uncommitted& OwnerSide::log(const LogEntry& entry, Conversation& conversation, Sequence sequence,
                            Sender* sender) {
    if (sender) sender->dirty = true;
    key_ = keys::entry(conversation.id, sequence, std::move(key_));
    value_ = encode(entry, std::move(value_));
    commits_.writes().put(key_, value_);
    return commits_.add({.conversation = &conversation,
                         .sequence = sequence,
                         .frame = context_.frame_of(to_wire(conversation.id, sequence, entry)),
                         .sender = sender,
                         .number = sender ? entry.number : 0,
                         .op = entry.op,
                         .askers = {}});
}

void OwnerSide::committed(std::uint64_t batch, CommitStatus status) {
    std::vector<Uncommitted> entries = commits_.take(batch);
    if (status == CommitStatus::unknown_outcome) {
        if (!read_only_) context_.log.error("a commit failed: this shard takes no more writes");
        read_only_ = true;
        context_.counters.read_only.set(1);
        context_.counters.store_failures.add();
        for (const Uncommitted& entry : entries) unknown(entry);
    } else {
        for (Uncommitted& entry : entries) publish(entry);
    }
    receipts_.committed(batch, status);
    reactions_.committed(batch, status);
    contacts_.committed(batch, status);
}

void OwnerSide::publish(Uncommitted& entry) {
    entry.conversation->committed = std::max(entry.conversation->committed, entry.sequence);
    context_.counters.entries.add();
    if (entry.kind == Uncommitted::Kind::message) {
        publish_message(entry);
        return;
    }
    conversations_.remember(*entry.conversation, {entry.sequence, entry.frame, {}, {}, 0});
    for (const auto& listener : entry.conversation->listeners)
        switchboard_.fan_out(listener.shard,
                             {entry.conversation->id, entry.sequence, entry.frame, {}, {}, {}, {}, {}});
    membership_.committed(entry);
}

void OwnerSide::publish_message(Uncommitted& entry) {
    Conversation& conversation = *entry.conversation;
    const Names& names = conversations_.names;
    FanOut out{.conversation = conversation.id,
               .sequence = entry.sequence,
               .frame = entry.frame,
               .user = {},
               .device = {},
               .ack = {},
               .hidden_user = {},
               .hidden_device = {}};
    if (entry.sender) {
        entry.sender->committed = std::max(entry.sender->committed, entry.number);
        out.user = names.name(names.user_of(entry.sender->device));
        out.device = names.name(entry.sender->device);
        out.ack = ack(conversation, entry.number, entry.sequence);
    }
    const PublishWrong wrong =
        wrongs_ ? wrongs_->before_publish(conversation, entry, out.user, out.device) : PublishWrong{};
    if (!wrong.acknowledge) out.ack = {};
    out.hidden_user = wrong.hidden_user;
    out.hidden_device = wrong.hidden_device;
    if (!entry.frame.empty())
        conversations_.remember(
            conversation, {entry.sequence, entry.frame, entry.sender ? entry.sender->device : DeviceSlot(),
                           entry.op, entry.number});
    for (const auto& listener : conversation.listeners) switchboard_.fan_out(listener.shard, out);
    // Where nobody of the sender's shard listens, no fan-out brings the ack.
    if (!out.ack.empty() && !conversation.listener(entry.sender->session.shard))
        switchboard_.answer({entry.sender->session, out.ack, conversation.id, entry.sequence});
}

/// It may be in the store or not; it is never acknowledged any more, not even to a repeated send.
void OwnerSide::unknown(const Uncommitted& entry) {
    if (entry.kind != Uncommitted::Kind::message) {
        membership_.unknown(entry);
        return;
    }
    if (!entry.sender) return;
    context_.counters.reject(ErrorCode::unknown_outcome);
    switchboard_.answer({entry.sender->session,
                         context_.frame_of(Rejected{.code = ErrorCode::unknown_outcome,
                                                    .conversation = entry.conversation->id,
                                                    .number = entry.number}),
                         {},
                         0});
}

void OwnerSide::turn() {
    if (wrongs_) release_held();
    receipts_.turn();
    typings_.turn();
    reactions_.turn();
    commits_.submit(conversations_.names);
}

Time OwnerSide::next_deadline() const {
    const Time beside =
        std::min({receipts_.next_deadline(), typings_.next_deadline(), reactions_.next_deadline()});
    return wrongs_ ? std::min(beside, wrongs_->next_deadline()) : beside;
}

void OwnerSide::reject(const SendRequest& request, ErrorCode code, std::uint32_t retry_after_ms) {
    context_.counters.reject(code);
    const std::uint32_t wait = code == ErrorCode::overloaded ? overloaded_retry_ms : retry_after_ms;
    switchboard_.answer({request.session,
                         context_.frame_of(Rejected{.code = code,
                                                    .conversation = request.conversation,
                                                    .number = request.number,
                                                    .retry_after_ms = wait}),
                         {},
                         0});
}

SharedBytes OwnerSide::ack(const Conversation& conversation, WireNumber number, Sequence sequence) {
    return context_.frame_of(Ack{conversation.id, number, sequence});
}

// ---- sabotage

void OwnerSide::left(const LeftMail& mail) {
    if (wrongs_) wrongs_->left(mail.conversation, mail.session);
}

void OwnerSide::append_wrongly(LogEntry entry, Conversation& conversation, Sender& sender) {
    const WireNumber number = entry.number;
    const AppendWrong wrong = wrongs_->before_append(conversation, entry);
    const Sequence sequence = ++conversation.last;
    sender.accepted.accept(sequence);
    if (wrong.store) {
        log(entry, conversation, sequence, &sender).number = number;
    } else {
        sender.dirty = true;
        commits_.add({.conversation = &conversation,
                      .sequence = sequence,
                      .frame = {},
                      .sender = &sender,
                      .number = number,
                      .op = entry.op,
                      .askers = {}});
    }
    if (wrong.again) log(entry, conversation, ++conversation.last, nullptr);
    if (wrong.phantom) log(*wrong.phantom, conversation, ++conversation.last, nullptr);
}

/// The successor of a held send takes its number first.
bool OwnerSide::append_swapped(const SendRequest& request, Conversation& conversation, Sender& sender) {
    const auto* const held = wrongs_->held(sender);
    if (!held || request.number < held->number || request.number > held->number + 1 || read_only_)
        return false;
    sender.session = request.session;
    if (request.number == held->number) return true;
    if (request.op != SendOp::text) {
        // Only plain texts change places; this one is looked at behind the held one.
        release_held(true);
        return false;
    }
    const auto first = wrongs_->swap(*held);
    const Sequence sequence = conversation.last + 1;
    conversation.last += 2;
    sender.accepted.accept(sequence + 1);
    sender.accepted.accept(sequence);
    context_.counters.sends.add();
    log(message_entry(request.user, request.device, request.number, request.body), conversation, sequence,
        &sender);
    log(message_entry(first.user, first.device, first.number, first.body), conversation, sequence + 1,
        &sender);
    return true;
}

void OwnerSide::release_held(bool at_once) {
    while (auto held = wrongs_->release_due(at_once))
        append_honestly(message_entry(held->user, held->device, held->number, held->body),
                        *held->conversation, *held->sender);
}

}  // namespace hubbub
