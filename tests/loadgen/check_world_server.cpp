// The server of the miniature: right as docs/PROTOCOL.md says, and wrong as docs/SABOTAGE.md says.
#include <algorithm>

#include "check_world.hpp"

namespace hubbub::test {
void CheckWorld::serve(std::uint32_t device) {
    const Request request = std::move(devices_[device].inbox.front());
    devices_[device].inbox.pop_front();
    switch (request.type) {
        case Request::send:
            return accept(device, request);
        case Request::resume:
            return answer_resume(device, request);
        case Request::page:
            return answer_page(device, request);
    }
}

void CheckWorld::accept(std::uint32_t device, const Request& send) {
    const auto& accepted = logs_[send.conversation].accepted[device];
    if (send.number <= accepted.size())
        return acknowledge(device, send.conversation, send.number, accepted[send.number - 1]);
    const bool refused =
        send.number != accepted.size() + 1 || (options_.rejections && !settling_ && random_.chance(0.05));
    if (refused) {
        Frame frame;
        frame.type = Frame::rejection;
        frame.conversation = send.conversation;
        frame.number = send.number;
        return push(device, std::move(frame));
    }
    if (!accept_wrongly(device, send)) accept_new(device, send);
}

void CheckWorld::accept_new(std::uint32_t device, const Request& send) {
    const std::uint32_t c = send.conversation;
    const Sequence q = append(c, {EntryKind::message, device, send.number, send.body, true, true, {}});
    logs_[c].accepted[device].push_back(q);
    if (wrong("lose_ack"))
        note("lose_ack", 0);
    else
        acknowledge(device, c, send.number, q);
    deliver_wrongly(device, c, q);
}

Sequence CheckWorld::append(std::uint32_t conversation, StoredEntry entry) {
    logs_[conversation].entries.push_back(std::move(entry));
    return logs_[conversation].entries.size();
}

void CheckWorld::acknowledge(std::uint32_t device, std::uint32_t conversation, WireNumber number,
                             Sequence q) {
    Frame frame;
    frame.type = Frame::ack;
    frame.conversation = conversation;
    frame.number = number;
    frame.q = q;
    push(device, std::move(frame));
}

std::vector<std::uint32_t> CheckWorld::subscribers(std::uint32_t conversation, std::uint32_t except) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t d = 0; d < devices_.size(); ++d)
        if (d != except && devices_[d].subscribed && devices_[d].streams.contains(conversation))
            found.push_back(d);
    return found;
}

Frame CheckWorld::entry_frame(std::uint32_t conversation, Sequence q) const {
    Frame frame;
    frame.conversation = conversation;
    frame.q = q;
    frame.content = logs_[conversation].entries[q - 1];
    return frame;
}

void CheckWorld::fan_out(std::uint32_t conversation, Sequence q, std::optional<std::uint32_t> except) {
    for (const std::uint32_t d : subscribers(conversation, except.value_or(UINT32_MAX)))
        if (logs_[conversation].entries[q - 1].hidden_from != d) push(d, entry_frame(conversation, q));
}

// A held entry leaves right after its successor in the same conversation: here the swap happens.
void CheckWorld::push(std::uint32_t device, Frame frame) {
    Device& to = devices_[device];
    if (!to.connected) return;
    const bool successor = frame.type == Frame::entry || frame.type == Frame::ack;
    const auto held = to.held.find(frame.conversation);
    to.outbox.push_back(std::move(frame));
    if (!successor || held == to.held.end()) return;
    truth_.push_back({"swap_delivery", 1});
    to.outbox.push_back(std::move(held->second));
    to.held.erase(held);
}

void CheckWorld::deliver_wrongly(std::uint32_t device, std::uint32_t c, Sequence q) {
    Log& log = logs_[c];
    const auto receivers = subscribers(c, device);
    const auto victim = receivers.empty() ? device : receivers[wrongs_.below(receivers.size())];
    const bool has_victim = !receivers.empty();
    const StoredEntry& before = q > log.base + 1 ? log.entries[q - 2] : log.entries.front();

    const auto others = [&] {
        for (const std::uint32_t d : receivers)
            if (d != victim) push(d, entry_frame(c, q));
    };
    if (has_victim && wrong("lose_for_one")) {
        note("lose_for_one", 1);
        log.entries[q - 1].hidden_from = victim;
        others();
    } else if (has_victim && wrong("drop_live")) {
        note("drop_live", 1);
        others();
    } else if (has_victim && wrong("duplicate_raw")) {
        note("duplicate_raw", 1);
        fan_out(c, q, device);
        push(victim, entry_frame(c, q));
    } else if (has_victim && !settling_ && devices_[victim].held.empty() && wrong("swap_delivery")) {
        --options_.wrongs["swap_delivery"];
        devices_[victim].held[c] = entry_frame(c, q);
        others();
    } else if (has_victim && before.kind == EntryKind::message && before.stored && wrong("disagree")) {
        note("disagree", 1);
        others();
        Frame frame = entry_frame(c, q);
        frame.content = before;
        push(victim, frame);
    } else {
        fan_out(c, q, device);
        if (wrong("history_skip")) {
            note("history_skip", 0);
            log.entries[q - 1].in_history = false;
        } else if (wrong("late_delivery")) {
            note("late_delivery", 0);
            for (const std::uint32_t d : receivers) devices_[d].stalled = 5;
        } else if (wrong("typing_leak")) {
            const auto strangers = devices_where([](const Device& d) { return d.connected; });
            for (const std::uint32_t d : strangers) {
                if (devices_[d].streams.contains(c)) continue;
                note("typing_leak", 1);
                hear_typing(d, c, device);
                break;
            }
        } else if (wrong("misdeliver")) {
            const auto strangers = devices_where([](const Device& d) { return d.connected; });
            for (const std::uint32_t d : strangers) {
                if (devices_[d].streams.contains(c)) continue;
                note("misdeliver", 1);
                push(d, entry_frame(c, q));
                break;
            }
        }
    }
}

// Wrongs that change what is stored. False: none was chosen.
bool CheckWorld::accept_wrongly(std::uint32_t device, const Request& send) {
    const std::uint32_t c = send.conversation;
    Log& log = logs_[c];
    const auto receivers = static_cast<std::uint32_t>(subscribers(c, device).size());
    StoredEntry entry{EntryKind::message, device, send.number, send.body, true, true, {}};
    const auto store = [&](StoredEntry stored, bool deliver) {
        const Sequence q = append(c, std::move(stored));
        log.accepted[device].push_back(q);
        acknowledge(device, c, send.number, q);
        if (deliver) fan_out(c, q, device);
        return q;
    };
    if (wrong("lose_after_ack")) {
        note("lose_after_ack", receivers);
        entry.stored = false;
        store(entry, false);
    } else if (wrong("duplicate_entry")) {
        note("duplicate_entry", receivers);
        store(entry, true);
        fan_out(c, append(c, entry), std::nullopt);
    } else if (wrong("wrong_sender")) {
        const auto members = plan_->members_of(ConversationIndex{c});
        const std::uint32_t other = members[0].value == device ? members[1].value : members[0].value;
        note("wrong_sender", receivers);
        entry.device = other;
        store(entry, true);
    } else if (wrong("corrupt_body")) {
        note("corrupt_body", receivers);
        char& letter = entry.body[wrongs_.below(entry.body.size())];
        letter = letter == 'x' ? 'y' : 'x';
        store(entry, true);
    } else if (wrong("phantom")) {
        const auto named = plan_->members_of(ConversationIndex{c})[0].value;
        note("phantom", receivers);
        StoredEntry invented{EntryKind::message, named, 1 + wrongs_.below(4), "never said", true, true, {}};
        fan_out(c, append(c, invented), std::nullopt);
        store(entry, true);
    } else if (wrong("burn_sequence")) {
        note("burn_sequence", receivers);
        append(c, {EntryKind::message, device, 0, "", false, true, {}});
        store(entry, true);
    } else {
        return swap_order(device, send);
    }
    return true;
}

// Two sends of one device that wait together take their numbers in the wrong order.
bool CheckWorld::swap_order(std::uint32_t device, const Request& send) {
    auto& inbox = devices_[device].inbox;
    const auto next = std::find_if(inbox.begin(), inbox.end(), [&](const Request& request) {
        return request.type == Request::send && request.conversation == send.conversation;
    });
    if (next == inbox.end() || next->number != send.number + 1 || !wrong("swap_order", 0.5)) return false;
    note("swap_order", 0);
    const std::uint32_t c = send.conversation;
    const Sequence second = append(c, {EntryKind::message, device, next->number, next->body, true, true, {}});
    const Sequence first = append(c, {EntryKind::message, device, send.number, send.body, true, true, {}});
    logs_[c].accepted[device].push_back(first);
    logs_[c].accepted[device].push_back(second);
    acknowledge(device, c, next->number, second);
    fan_out(c, second, device);
    acknowledge(device, c, send.number, first);
    fan_out(c, first, device);
    inbox.erase(next);
    return true;
}

void CheckWorld::answer_resume(std::uint32_t device, const Request& resume) {
    devices_[device].subscribed = true;
    std::size_t left = resume.positions.size();
    for (const auto& [c, asked] : resume.positions) answer_position(device, c, asked, --left == 0);
}

void CheckWorld::answer_position(std::uint32_t device, std::uint32_t c, Position asked, bool last) {
    const Log& log = logs_[c];
    Frame frame;
    frame.type = Frame::resumed;
    frame.conversation = c;
    frame.asked = asked;
    frame.last_answer = last;
    ResumedPosition& answer = frame.answer;
    answer.epoch = log.epoch;
    answer.head = log.entries.size();
    answer.from = asked.sequence + 1;
    if (asked.epoch == log.epoch && wrong("wrong_epoch")) {
        note("wrong_epoch", 0);
        answer.epoch = log.epoch + 1 + static_cast<Epoch>(wrongs_.below(3));
    }
    if (answer.epoch != asked.epoch) {
        answer.status = ResumeStatus::reset;
        answer.from = 1;
    }
    if (answer.head + 1 - answer.from > options_.catch_up_max) answer.status = ResumeStatus::too_old;
    const bool pushed = answer.status != ResumeStatus::too_old && answer.from <= answer.head;
    const bool repeats = pushed && answer.from > 1 && wrong("resume_repeat");
    const Sequence first = repeats ? answer.from - 1 : answer.from, head = answer.head;
    const bool may_skip = pushed && answer.from < head && answer.status == ResumeStatus::ok && !repeats;
    Sequence skipped = may_skip && wrong("resume_skip") ? first + wrongs_.below(head - first) : 0;
    if (skipped != 0 && (!log.entries[skipped - 1].stored || log.entries[skipped - 1].hidden_from == device))
        skipped = 0;  // it would not have been sent anyway
    const bool skips = skipped != 0;
    if (repeats || skips || answer.epoch != log.epoch) devices_[device].guarded = true;
    if (repeats) note("resume_repeat", 0);
    if (skips) note("resume_skip", 0);
    push(device, frame);
    if (!pushed) return;
    for (Sequence q = first; q <= head; ++q) {
        const StoredEntry& entry = log.entries[q - 1];
        if (q != skipped && entry.stored && entry.hidden_from != device) push(device, entry_frame(c, q));
    }
}

std::vector<Numbered> CheckWorld::history(std::uint32_t device, std::uint32_t c, Sequence from,
                                          std::size_t limit) {
    Log& log = logs_[c];
    if (!log.paged && log.entries.size() > log.base && wrong("stale_history", 0.7)) {
        note("stale_history", 0);
        log.stale = true;
    }
    log.paged = true;
    std::vector<Numbered> out;
    const Sequence end = log.entries.size() - (log.stale ? 1 : 0);
    for (Sequence q = from; q <= end && out.size() < limit; ++q) {
        const StoredEntry& entry = log.entries[q - 1];
        if (entry.stored && entry.in_history && entry.hidden_from != device) out.push_back({q, entry});
    }
    return out;
}

void CheckWorld::answer_page(std::uint32_t device, const Request& page) {
    Frame frame;
    frame.type = Frame::page;
    frame.conversation = page.conversation;
    frame.entries = history(device, page.conversation, page.from, 1 + random_.below(6));
    frame.head = logs_[page.conversation].entries.size();
    push(device, std::move(frame));
}

}  // namespace hubbub::test
