#include "loadgen/check/receipt_book.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

Seq32 kept(Sequence sequence) {
    return static_cast<Seq32>(std::min<Sequence>(sequence, UINT32_MAX));
}

}  // namespace

bool ReadMarks::above(const ReadMarks& other) const {
    return delivered > other.delivered || read > other.read;
}

void ReadMarks::raise_to(const ReadMarks& other) {
    delivered = std::max(delivered, other.delivered);
    read = std::max(read, other.read);
}

bool somebody_reads(const Plan& plan) {
    return std::any_of(plan.habits.begin(), plan.habits.end(),
                       [](const Habits& habits) { return habits.read.has_value(); });
}

ReceiptBook::ReceiptBook(const Plan& plan, Slice slice, RunKey key, Findings findings)
    : plan_(plan),
      slice_(slice),
      key_(key),
      stays_(std::none_of(plan.habits.begin(), plan.habits.end(),
                          [](const Habits& habits) { return habits.membership.has_value(); })),
      out_(std::move(findings)),
      connections_(slice.last_device - slice.first_device),
      said_(slice.last_stream - slice.first_stream),
      pending_(said_.size()),
      tables_(said_.size()) {}

std::uint64_t ReceiptBook::micros(Time time) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(to_micros(time - key_.epoch), 0));
}

StreamIndex ReceiptBook::first_of_user(StreamIndex stream) const {
    const DeviceIndex device = plan_.stream_device[stream.index()];
    const DeviceIndex first = plan_.device_of(plan_.user_of(device));
    return StreamIndex{stream.value - plan_.stream_begin[device.index()] + plan_.stream_begin[first.index()]};
}

void ReceiptBook::said(StreamIndex stream, Sequence delivered, Sequence read, Time now) {
    // Who has read it has received it: the target may say so, too.
    const ReadMarks marks{kept(std::max(delivered, read)), kept(read)};
    const DeviceIndex device = plan_.stream_device[stream.index()];
    const auto before = said_by(plan_.user_of(device), conversation_of(stream));
    said_[slot(stream)].raise_to(marks);
    Pending& pending = pending_[slot(first_of_user(stream))];
    if (marks.read <= before->read || (pending.read != 0 && !pending.told)) return;
    pending.read = marks.read;
    pending.at.set(micros(now));
    pending.told = false;
}

std::optional<ReadMarks> ReceiptBook::said_by(UserIndex user, ConversationIndex conversation) const {
    if (user.value < slice_.first_user || user.value >= slice_.last_user) return std::nullopt;
    ReadMarks marks;
    const auto first = plan_.stream_of(plan_.device_of(user), conversation);
    for (std::uint32_t n = 0; first && n < plan_.devices_of(user); ++n)
        marks.raise_to(said_[slot(plan_.on_device(*first, n))]);
    return marks;
}

std::optional<std::uint32_t> ReceiptBook::place_of(StreamIndex receiver, UserIndex user) const {
    const auto members = plan_.members_of(conversation_of(receiver));
    const auto place = std::lower_bound(members.begin(), members.end(), user);
    if (place == members.end() || *place != user) return std::nullopt;
    return static_cast<std::uint32_t>(place - members.begin());
}

bool ReceiptBook::in_sample(StreamIndex receiver) const {
    const std::uint32_t receivers = plan_.online_members(conversation_of(receiver));
    return receivers <= receivers_max ||
           mix64(plan_.seed, 0x7265636569707473ULL, receiver.value) % receivers < receivers_max;
}

ReceiptBook::Cell* ReceiptBook::cell(StreamIndex receiver, std::uint32_t place) {
    std::uint32_t& table = tables_[slot(receiver)];
    if (table == 0) {
        if (!in_sample(receiver)) return nullptr;
        cells_.emplace_back(plan_.members_of(conversation_of(receiver)).size());
        table = static_cast<std::uint32_t>(cells_.size());
    }
    return &cells_[table - 1][place];
}

bool ReceiptBook::large(ConversationIndex conversation) const {
    return plan_.conversations[conversation.index()].member_count > limits::talkative_members_max && stays_;
}

void ReceiptBook::accuse(StreamIndex receiver, std::optional<UserIndex> user, Sequence sequence, Time now,
                         std::string_view why) {
    ++out_.live.receipts;
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.conversation = conversation_of(receiver).value;
    raw.sequence = sequence;
    raw.receiver = plan_.stream_device[receiver.index()].value;
    if (user) raw.sender = plan_.device_of(*user).value;
    raw.why = why;
    out_.evidence.note("receipts", raw);
}

bool ReceiptBook::fitting(StreamIndex receiver, UserIndex user, const ReadMarks& marks, Time now) {
    if (marks.read > marks.delivered) {
        accuse(receiver, user, marks.read, now, "read beyond what was received");
        return false;
    }
    // Both happened on this thread, one after the other: nothing can be on its way.
    const auto said = said_by(user, conversation_of(receiver));
    if (!said || !marks.above(*said)) return true;
    accuse(receiver, user, marks.read > said->read ? marks.read : marks.delivered, now,
           "above everything that this user's devices had said");
    return false;
}

/// Which of the two was wrong is not known: the lower one goes on, so that one wrong is accused once.
void ReceiptBook::fell(StreamIndex receiver, UserIndex user, const ReadMarks& from, const ReadMarks& to,
                       Time now) {
    accuse(receiver, user, to.read < from.read ? to.read : to.delivered, now,
           "fell below what was told before");
}

void ReceiptBook::noticed(StreamIndex receiver, std::string_view name, Sequence delivered, Sequence read,
                          Time now) {
    const ReadMarks marks{kept(delivered), kept(read)};
    const auto user = plan_.user_from(name);
    const auto place = user ? place_of(receiver, *user) : std::nullopt;
    if (!place) return accuse(receiver, user, read, now, "about somebody who is no member");
    if (large(conversation_of(receiver)))
        return accuse(receiver, user, read, now, "told by name in a large conversation");
    if (!fitting(receiver, *user, marks, now)) return;
    note_latency(receiver, *user, marks.read, now);
    Cell* const last = cell(receiver, *place);
    if (last == nullptr) return;
    if (last->marks.above(marks)) {
        // Who has just come back may still hear what was on its way before.
        if (last->connection != connection_of(receiver)) return;
        fell(receiver, *user, last->marks, marks, now);
    }
    *last = {marks, static_cast<std::uint32_t>(micros(now) / 1000), connection_of(receiver)};
}

void ReceiptBook::note_latency(StreamIndex receiver, UserIndex user, Seq32 read, Time now) {
    if (user.value < slice_.first_user || user.value >= slice_.last_user) return;
    const ConversationIndex conversation = conversation_of(receiver);
    Pending& pending = pending_[slot(*plan_.stream_of(plan_.device_of(user), conversation))];
    if (pending.read == 0 || pending.told || read < pending.read) return;
    pending.told = true;
    if (out_.planned_offline(plan_.stream_device[receiver.index()], pending.at.get())) return;
    out_.latency.note(Latency::receipt, plan_.conversations[conversation.index()].kind, pending.at.get(),
                      micros(now));
}

void ReceiptBook::counted(StreamIndex receiver, const ReceiptCounts& counts, Time now) {
    const auto members = plan_.members_of(conversation_of(receiver)).size();
    if (counts.read > counts.delivered)
        return accuse(receiver, std::nullopt, counts.sequence, now, "more have read it than have it");
    if (counts.delivered >= members)
        return accuse(receiver, std::nullopt, counts.sequence, now, "more have it than there are others");
    const Counted now_told{receiver.value,
                           kept(counts.sequence),
                           static_cast<std::uint32_t>(counts.delivered),
                           static_cast<std::uint32_t>(counts.read),
                           micros(now),
                           connection_of(receiver)};
    Counted& last = counts_[receiver.value];
    const bool same = last.sequence == now_told.sequence && last.connection == now_told.connection;
    if (same && (now_told.delivered < last.delivered || now_told.read < last.read))
        accuse(receiver, std::nullopt, counts.sequence, now, "fewer than were told before");
    last = now_told;
}

void ReceiptBook::told_to_stranger(DeviceIndex receiver, Time now) {
    ++out_.live.leaked;
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.receiver = receiver.value;
    raw.why = "receipts reached a device that is no member";
    out_.evidence.note("leaked", raw);
}

void ReceiptBook::begins_anew(StreamIndex receiver) {
    if (const std::uint32_t table = tables_[slot(receiver)]; table != 0)
        std::fill(cells_[table - 1].begin(), cells_[table - 1].end(), Cell{});
    counts_.erase(receiver.value);
    told_when_asked_.erase(receiver.value);
}

void ReceiptBook::asked(StreamIndex asker) {
    ++lists_[conversation_of(asker).value].asked;
}

void ReceiptBook::asks(StreamIndex asker) {
    const std::uint32_t table = tables_[slot(asker)];
    told_when_asked_[asker.value] = table == 0 ? std::vector<Cell>{} : cells_[table - 1];
}

ReadMarks ReceiptBook::told_before_asking(StreamIndex asker, std::uint32_t place, const Cell& now) const {
    const auto asked = told_when_asked_.find(asker.value);
    if (asked == told_when_asked_.end()) return now.marks;
    const ReadMarks then = place < asked->second.size() ? asked->second[place].marks : ReadMarks{};
    // Lower by now: it was accused of that since.
    return {std::min(then.delivered, now.marks.delivered), std::min(then.read, now.marks.read)};
}

void ReceiptBook::listed(StreamIndex asker, const ReceiptList& list, ReadMarks least, Time now) {
    const ConversationIndex conversation = conversation_of(asker);
    const UserIndex self = plan_.user_of(plan_.stream_device[asker.index()]);
    ++lists_[conversation.value].answered;
    ReadMarks own;
    for (const ListedReceipt& item : list.items) {
        const ReadMarks marks{kept(item.delivered), kept(item.read)};
        const auto user = plan_.user_from(item.user);
        const auto place = user ? place_of(asker, *user) : std::nullopt;
        if (!place) {
            accuse(asker, user, item.read, now, "a list names somebody who is no member");
            continue;
        }
        if (*user != self && large(conversation)) {
            accuse(asker, user, item.read, now, "a list names others in a large conversation");
            continue;
        }
        if (*user == self) own = marks;
        if (!fitting(asker, *user, marks, now)) continue;
        // A notice may still be on its way behind the list, so a list raises nothing here.
        Cell* const last = large(conversation) ? nullptr : cell(asker, *place);
        const ReadMarks due = last == nullptr ? ReadMarks{} : told_before_asking(asker, *place, *last);
        if (last != nullptr && due.above(marks)) {
            fell(asker, *user, due, marks, now);
            last->marks = {};  // what is still on its way may lie below the list as well
        }
        if (!said_by(*user, conversation))
            listed_.push_back({user->value, conversation.value, plan_.stream_device[asker.index()].value,
                               marks, micros(now)});
    }
    told_when_asked_.erase(asker.value);
    if (least.above(own))
        accuse(asker, self, least.read > own.read ? least.read : least.delivered, now,
               "the target has not what was said to it before, on the same connection");
}

std::vector<ReceiptBook::Told> ReceiptBook::told() const {
    std::vector<Told> out = listed_;
    for (std::uint32_t s = 0; s < tables_.size(); ++s) {
        if (tables_[s] == 0) continue;
        const StreamIndex stream{slice_.first_stream + s};
        const auto members = plan_.members_of(conversation_of(stream));
        const std::vector<Cell>& cells = cells_[tables_[s] - 1];
        for (std::size_t place = 0; place < cells.size(); ++place)
            if (cells[place].marks != ReadMarks{})
                out.push_back({members[place].value, conversation_of(stream).value,
                               plan_.stream_device[stream.index()].value, cells[place].marks,
                               std::uint64_t{cells[place].at_ms} * 1000});
    }
    return out;
}

std::vector<ReceiptBook::Counted> ReceiptBook::counts() const {
    std::vector<Counted> out;
    for (const auto& [stream, counted] : counts_) out.push_back(counted);
    return out;
}

}  // namespace hubbub
