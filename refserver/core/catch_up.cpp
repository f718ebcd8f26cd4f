#include "refserver/core/catch_up.hpp"

#include <algorithm>

#include "refserver/core/keys.hpp"

namespace hubbub {

CatchUp::CatchUp(ShardContext& context, Switchboard& switchboard, Conversations& conversations,
                 OwnerSabotage* wrongs)
    : context_(context),
      switchboard_(switchboard),
      conversations_(conversations),
      wrongs_(wrongs),
      directory_(context) {}

void CatchUp::failed(const Error& error) {
    context_.counters.store_failures.add();
    context_.log.error(error.message);
}

Conversation* CatchUp::visible(const ConversationId& id, std::string_view user, Sequence& joined) {
    const auto found = conversations_.find(id);
    if (found.has_error()) {
        failed(found.error());
        return nullptr;
    }
    const bool allowed =
        *found && may(Act::read, conversations_.reading(**found, user), (*found)->openness());
    if (!allowed) return nullptr;
    joined = (*found)->named(*conversations_.names.find_user(user))->joined;
    return *found;
}

void CatchUp::attach(const AttachMail& mail) {
    Attached attached{mail.session, context_.self, {}, mail.complete};
    const Asker asker{mail.session, mail.user, mail.device};
    std::size_t bytes_left = limits::resume_answer_bytes_max;
    for (const AttachQuestion& question : mail.positions) {
        attached.answers.push_back(answer(question, asker, bytes_left));
        if (bytes_left == 0) break;
    }
    if (mail.complete) answer_complete(mail, attached, bytes_left);
    switchboard_.attached(std::move(attached));
}

AttachAnswer CatchUp::answer(const AttachQuestion& question, const Asker& asker, std::size_t& bytes_left) {
    const Position& asked = question.position;
    AttachAnswer out;
    out.position = {asked.conversation, 0, 0, 0, ResumeStatus::forbidden};
    Sequence joined = 0;
    Conversation* const conversation = visible(asked.conversation, asker.user, joined);
    if (!conversation) {
        finish(question, asker, bytes_left, out);
        return out;
    }
    const Sequence first = conversation->visible_from(joined);

    const Sequence head = conversation->committed;
    const Epoch epoch = epoch_for(*conversation, asker.user, asker.device);
    out.position = {asked.conversation, epoch, 0, head, ResumeStatus::ok};
    out.position.from = std::max(asked.sequence + 1, question.unasked ? joined : first);
    out.until = head;
    if (question.announced == 0) {
        if (!question.unasked && (asked.epoch != epoch || asked.sequence > head)) {
            out.position.status = ResumeStatus::reset;
            out.position.from = first;
        }
        if (head + 1 - out.position.from > limits::catch_up_entries_max)
            out.position.status = ResumeStatus::too_old;
        if (leaves_out(question, joined, out.position)) {
            out.position.status = ResumeStatus::gone;
            context_.counters.gone_entries.add(head + 1 - out.position.from);
        }
        if (wrongs_) start_wrongly(*conversation, asker, joined, out);
    }
    if (out.position.status != ResumeStatus::too_old && out.position.status != ResumeStatus::gone) {
        const Sequence announced = question.announced == 0 ? head : question.announced;
        const Status read = collect(*conversation, out.position.from, announced, asker, bytes_left, out);
        if (read.has_error()) {
            // The client can still page what could not be read here.
            failed(read.error());
            out.frames.clear();
            out.position.status = ResumeStatus::too_old;
            out.cut = false;
            out.until = head;
        }
    }
    if (wrongs_ && question.announced == 0) follow_wrongly(*conversation, asker, joined, out);
    if (!out.cut) listen(*conversation, asker, out);
    return out;
}

/// Delivery at most once: what the device missed while it was away is not told any more. It must know this
/// log and this membership: a new one begins with what is in it, and shows the numbers that were taken.
bool CatchUp::leaves_out(const AttachQuestion& question, Sequence joined,
                         const ResumedPosition& answer) const {
    const Position& asked = question.position;
    const bool knows =
        asked.epoch == answer.epoch && asked.sequence <= answer.head && asked.sequence >= joined;
    return context_.options.delivery == DeliveryStrategy::at_most_once && !question.unasked && knows &&
           answer.status != ResumeStatus::reset && answer.from <= answer.head;
}

/// Frames from..head as far as bytes are left, at least one; from memory where that reaches back far enough.
Status CatchUp::collect(const Conversation& conversation, Sequence from, Sequence announced,
                        const Asker& asker, std::size_t& bytes_left, AttachAnswer& answer) {
    const auto take = [&](Sequence sequence, SharedBytes frame) {
        if (bytes_left == 0) {
            answer.cut = true;
            return false;
        }
        if (wrongs_ && wrongs_->hidden(conversation.id, asker.user, asker.device, sequence)) return true;
        bytes_left -= std::min(bytes_left, frame.size());
        answer.frames.push_back(std::move(frame));
        answer.until = sequence;
        return true;
    };
    const auto& recent = conversation.recent;
    const Sequence in_memory = recent.empty() ? conversation.committed + 1 : recent.front().sequence;
    const Sequence until = answer.until;
    answer.until = from - 1;  // nothing yet
    if (from < in_memory) {
        const Status read = conversations_.read(
            conversation, from, std::min(in_memory - 1, until),
            [&](Sequence sequence, const LogEntry& entry) {
                const bool own_live =
                    sequence > announced && entry.user == asker.user && entry.device == asker.device;
                return take(sequence, own_live
                                          ? context_.frame_of(Ack{conversation.id, entry.number, sequence})
                                          : context_.frame_of(to_wire(conversation.id, sequence, entry)));
            });
        if (read.has_error()) return read;
    }
    const DeviceSlot device =
        conversations_.names.device(conversations_.names.user(asker.user), asker.device);
    for (const RecentEntry& entry : recent) {
        if (answer.cut) break;
        if (entry.sequence < from) continue;
        if (entry.sequence > until) break;
        const bool own_live = entry.sequence > announced && entry.number != 0 && entry.device == device;
        take(entry.sequence,
             own_live ? context_.frame_of(Ack{conversation.id, entry.number, entry.sequence}) : entry.frame);
    }
    if (!answer.cut) answer.until = until;
    return {};
}

/// From here the shard of the session gets live entries.
void CatchUp::listen(Conversation& conversation, const Asker& asker, AttachAnswer& answer) {
    answer.ticket = next_ticket_++;
    if (Conversation::Listener* const listener = conversation.listener(asker.session.shard)) {
        listener->ticket = answer.ticket;
    } else {
        conversation.listeners.push_back({asker.session.shard, answer.ticket});
    }
    if (wrongs_) wrongs_->attached(conversation.id, asker.session, asker.user, asker.device);
}

void CatchUp::finish(const AttachQuestion& question, const Asker& asker, std::size_t& bytes_left,
                     AttachAnswer& out) {
    const Position& asked = question.position;
    const auto found = conversations_.find(asked.conversation);
    if (found.has_error() || !*found) return;
    const Conversation& conversation = **found;
    const auto bytes = context_.store.get(keys::member(asked.conversation, asker.user));
    if (bytes.has_error()) return failed(bytes.error());
    if (!*bytes) return;
    const auto membership = decode_membership(**bytes);
    if (membership.has_error()) return failed(membership.error());
    const Sequence left = membership->left;
    const Standing was = left != 0 && left <= conversation.committed ? Standing::former : Standing::stranger;
    if (!may(Act::finish, was, conversation.openness())) return;

    const Epoch epoch = epoch_for(conversation, asker.user, asker.device);
    const Sequence first = conversation.visible_from(membership->joined);
    const bool reset = question.announced == 0 && !question.unasked && asked.epoch != epoch;
    const Sequence from = reset ? first : std::max(asked.sequence + 1, first);
    if (from > left) return;  // it has everything: to it, the conversation is no more
    // Of any length: it cannot page, and it pulls no faster than it reads.
    out.position = {asked.conversation, epoch, from, left, reset ? ResumeStatus::reset : ResumeStatus::ok};
    out.until = left;
    const Status read = collect(conversation, from, left, asker, bytes_left, out);
    if (!read.has_error()) return;
    failed(read.error());
    out = {};
    out.position = {asked.conversation, 0, 0, 0, ResumeStatus::forbidden};
}

void CatchUp::answer_complete(const AttachMail& mail, Attached& attached, std::size_t& bytes_left) {
    std::vector<ConversationId> ids;
    const auto range = keys::user_conversations(mail.user);
    const Status scanned =
        context_.store.scan(range.from, range.to, [&](std::string_view key, std::string_view) {
            const auto id = keys::conversation_of_user(key);
            if (id && switchboard_.owner_of(*id) == context_.self) ids.push_back(*id);
            return true;
        });
    if (scanned.has_error()) failed(scanned.error());
    const Asker asker{mail.session, mail.user, mail.device};
    for (const ConversationId& id : ids) {
        Sequence joined = 0;
        Conversation* const conversation = visible(id, mail.user, joined);
        if (!conversation) continue;
        const Sequence head = conversation->committed;
        if (mail.cursors) {
            const auto cursor = cursor_of(asker, *conversation, joined);
            if (cursor.has_error()) failed(cursor.error());
            // What cannot be read is treated as not there: the device gets rather too much.
            const Position from = cursor.has_error() ? Position{id, 0, joined - 1} : *cursor;
            attached.answers.push_back(answer({from, 0, from.epoch == 0}, asker, bytes_left));
            continue;
        }
        auto& answer = attached.answers.emplace_back();
        const Epoch epoch = epoch_for(*conversation, mail.user, mail.device);
        answer.position = {id, epoch, head + 1, head, ResumeStatus::ok};
        answer.until = head;
        listen(*conversation, asker, answer);
    }
}

/// Where the device stood when it last said so; epoch 0: it never did, and begins where the user joined.
Result<Position> CatchUp::cursor_of(const Asker& asker, const Conversation& conversation, Sequence joined) {
    const Position start{conversation.id, 0, joined - 1};
    const auto bytes = context_.store.get(keys::cursor(asker.user, asker.device, conversation.id));
    if (bytes.has_error()) return bytes.error();
    if (!*bytes) return start;
    const auto cursor = decode_cursor(**bytes);
    if (cursor.has_error()) return cursor.error();
    return Position{conversation.id, cursor->epoch, cursor->delivered};
}

void CatchUp::detach(const DetachMail& mail) {
    const auto found = conversations_.find(mail.conversation);
    if (found.has_error() || !*found) return;
    auto& listeners = (*found)->listeners;
    const auto place = std::find_if(listeners.begin(), listeners.end(), [&](const auto& listener) {
        return listener.shard == mail.from && listener.ticket == mail.ticket;
    });
    if (place != listeners.end()) listeners.erase(place);
}

void CatchUp::history(const HistoryMail& mail) {
    Sequence joined = 0;
    const Conversation* const conversation = visible(mail.conversation, mail.user, joined);
    std::vector<LogEntry> scratch;
    Rejected refusal{.code = ErrorCode::forbidden, .id = mail.id};
    SharedBytes frame;
    if (conversation) {
        auto made = page(mail, *conversation, joined, scratch);
        if (made.has_error()) {
            failed(made.error());
            refusal.code = ErrorCode::internal;
        } else {
            // Escapes may multiply bytes: what a client may refuse is made shorter, and asked on.
            frame = context_.frame_of(*made);
            while (frame.size() > limits::server_message_bytes_max && made->entries.size() > 1) {
                // What the client asks for next lies behind the end that is kept.
                const auto half = static_cast<std::ptrdiff_t>(made->entries.size() / 2);
                if (mail.before == 0) {
                    made->entries.resize(made->entries.size() / 2);
                } else {
                    made->entries.erase(made->entries.begin(), made->entries.end() - half);
                }
                frame = context_.frame_of(*made);
            }
            context_.counters.history_pages.add();
        }
    }
    if (frame.empty()) {
        context_.counters.reject(refusal.code);
        frame = context_.frame_of(refusal);
    }
    switchboard_.answer({mail.session, std::move(frame), {}, 0});
}

Result<HistoryPage> CatchUp::page(const HistoryMail& mail, const Conversation& conversation, Sequence joined,
                                  std::vector<LogEntry>& scratch) {
    HistoryPage page{mail.id,
                     conversation.id,
                     epoch_for(conversation, mail.user, mail.device),
                     conversation.committed,
                     {}};
    if (wrongs_ && page.head > joined && wrongs_->stale(conversation)) --page.head;
    const std::size_t limit = std::clamp<std::size_t>(mail.limit, 1, limits::history_page_entries_max);
    std::vector<Sequence> sequences;
    std::size_t bytes = 0;
    const auto take = [&](Sequence sequence, const LogEntry& entry) {
        if (wrongs_ && (wrongs_->left_out(conversation.id, sequence) ||
                        wrongs_->hidden(conversation.id, mail.user, mail.device, sequence)))
            return true;
        bytes += entry.user.size() + entry.device.size() + entry.body.size();
        for (const std::string& member : entry.members) bytes += member.size();
        if (!scratch.empty() && bytes > limits::history_page_bytes_max) return false;
        scratch.push_back(entry);
        sequences.push_back(sequence);
        return scratch.size() < limit;
    };
    const Sequence first = conversation.visible_from(joined);
    const bool up = mail.before == 0;
    const Status read =
        up ? conversations_.read(conversation, std::max(mail.from, first), page.head, take)
           : conversations_.read_back(conversation, first, std::min(mail.before - 1, page.head), take);
    if (!up) {
        std::reverse(scratch.begin(), scratch.end());
        std::reverse(sequences.begin(), sequences.end());
    }
    if (read.has_error()) return read.error();
    page.entries.reserve(scratch.size());
    for (std::size_t i = 0; i < scratch.size(); ++i)
        page.entries.push_back(to_wire(conversation.id, sequences[i], scratch[i]));
    return page;
}

void CatchUp::members(const MembersMail& mail) {
    Sequence joined = 0;
    SharedBytes frame;
    if (visible(mail.conversation, mail.user, joined)) {
        context_.counters.lists.add();
        frame = directory_.members({mail.id, mail.conversation, mail.after, mail.limit});
    } else {
        context_.counters.reject(ErrorCode::forbidden);
        frame = context_.frame_of(Rejected{.code = ErrorCode::forbidden, .id = mail.id});
    }
    switchboard_.answer({mail.session, std::move(frame), {}, 0});
}

Epoch CatchUp::epoch_for(const Conversation& conversation, std::string_view user,
                         std::string_view device) const {
    return wrongs_ ? wrongs_->told_epoch(conversation, user, device) : conversation.epoch;
}

}  // namespace hubbub
