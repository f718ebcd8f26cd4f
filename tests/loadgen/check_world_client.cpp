// The clients of the miniature: what a worker does with a checker, in its simplest form.
#include <algorithm>

#include "check_world.hpp"

namespace hubbub::test {
namespace {

constexpr std::size_t window = 4;

}  // namespace

void CheckWorld::intend() {
    const std::uint32_t third = options_.messages / 3;
    if (intended_ % std::max(third, 1u) == 0 && phase_ < 3) {
        ++phase_;
        for (const auto& checker : checkers_) checker->begin_phase(phase_, now_);
    }
    ++intended_;
    const auto device = static_cast<std::uint32_t>(random_.below(devices_.size()));
    auto& streams = devices_[device].streams;
    if (streams.empty()) return;
    auto chosen = streams.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(streams.size())));
    // Often several at once, so that sends of one device wait together.
    for (std::uint64_t burst = 1 + random_.below(3); burst > 0; --burst) {
        chosen->second.waiting.push_back(checker_of(device).intended(chosen->second.stream, phase_, now_));
        if (options_.abandons && random_.chance(0.02)) chosen->second.waiting.pop_back();  // stays unsent
    }
    try_send(device, chosen->second, chosen->first);
}

void CheckWorld::try_send(std::uint32_t device, ClientStream& stream, std::uint32_t conversation) {
    if (stream.unanswered.empty()) stream.hold = false;
    while (devices_[device].live && !stream.hold && !stream.waiting.empty() &&
           stream.unanswered.size() < window) {
        const LedgerRow row = stream.waiting.front();
        stream.waiting.pop_front();
        Request request;
        request.conversation = conversation;
        request.number = stream.next_number++;
        checker_of(device).body(row, 40 + static_cast<std::uint32_t>(row % 50), now_, request.body);
        checker_of(device).attempted(row, request.number, now_);
        stream.unanswered.push_back({row, request.number, false});
        devices_[device].inbox.push_back(std::move(request));
    }
}

void CheckWorld::connect(std::uint32_t device) {
    Device& own = devices_[device];
    own.connected = true;
    Request request;
    request.type = Request::resume;
    for (auto& [c, stream] : own.streams) request.positions[c] = checker_of(device).position(stream.stream);
    own.inbox.push_back(std::move(request));
}

// The server may still have served a part of what was on the way; its answers are gone all the same.
void CheckWorld::disconnect(std::uint32_t device) {
    Device& own = devices_[device];
    own.guarded = own.guarded && !own.outbox.empty();
    for (std::uint64_t served = random_.below(own.inbox.size() + 1); served > 0 && !own.inbox.empty();
         --served)
        serve(device);
    if (own.guarded) return;
    own.connected = own.subscribed = own.live = false;
    own.inbox.clear();
    own.outbox.clear();
    own.held.clear();
    own.stalled = 0;
    for (auto& [c, stream] : own.streams) stream.paging = false;
    checker_of(device).disconnected(DeviceIndex{device});
}

void CheckWorld::receive(std::uint32_t device) {
    Device& own = devices_[device];
    if (own.stalled > 0) {
        --own.stalled;
        return;
    }
    const Frame frame = std::move(own.outbox.front());
    own.outbox.pop_front();
    switch (frame.type) {
        case Frame::entry:
            return receive_entry(device, frame);
        case Frame::ack:
            return receive_ack(device, frame);
        case Frame::rejection:
            return receive_rejection(device, frame);
        case Frame::resumed:
            return receive_resumed(device, frame);
        case Frame::page:
            return receive_page(device, frame);
    }
}

SeenEntry CheckWorld::examine(Checker& checker, std::uint32_t conversation, Sequence q,
                              const StoredEntry& stored) const {
    const std::string user = plan_->user_name(UserIndex{stored.device});
    const std::string name = plan_->device_name(DeviceIndex{stored.device}, 0);
    Entry entry;
    entry.kind = stored.kind;
    entry.sequence = q;
    entry.user = user;
    entry.device = name;
    entry.number = stored.number;
    entry.body = stored.body;
    return checker.examine(entry, ConversationIndex{conversation});
}

void CheckWorld::hear_typing(std::uint32_t device, std::uint32_t conversation, std::uint32_t typist) {
    checker_of(device).heard_about(DeviceIndex{device}, ConversationIndex{conversation},
                                   plan_->user_of(DeviceIndex{typist}), now_);
}

void CheckWorld::receive_entry(std::uint32_t device, const Frame& frame) {
    Checker& checker = checker_of(device);
    const SeenEntry entry = examine(checker, frame.conversation, frame.q, frame.content);
    const auto found = devices_[device].streams.find(frame.conversation);
    if (found == devices_[device].streams.end())
        return checker.received_by_stranger(DeviceIndex{device}, entry, now_);
    ClientStream& stream = found->second;
    const ArrivedBy how = frame.q <= stream.announced ? ArrivedBy::catch_up : ArrivedBy::live;
    const StreamStep step = checker.received(stream.stream, entry, how, now_);
    // One's own entry in a catch-up stands for the ack.
    if (frame.content.device == device && how == ArrivedBy::catch_up && frame.content.number > 0) {
        Frame ack = frame;
        ack.number = frame.content.number;
        const auto sent = std::find_if(stream.unanswered.begin(), stream.unanswered.end(),
                                       [&](const auto& one) { return one.number == ack.number; });
        if (sent != stream.unanswered.end() && checker.shows(entry, sent->row)) {
            sent->resent = true;
            receive_ack(device, ack);
        }
    }
    if (step == StreamStep::gap) ask_page(device, frame.conversation, checker.missing_from(stream.stream));
}

void CheckWorld::receive_ack(std::uint32_t device, const Frame& frame) {
    Checker& checker = checker_of(device);
    ClientStream& stream = devices_[device].streams.at(frame.conversation);
    const auto sent = std::find_if(stream.unanswered.begin(), stream.unanswered.end(),
                                   [&](const auto& one) { return one.number == frame.number; });
    LedgerRow row = 0;
    bool resent = true;
    if (sent != stream.unanswered.end()) {
        row = sent->row;
        resent = sent->resent;
        stream.answered[frame.number] = row;
        stream.unanswered.erase(sent);
    } else {
        row = stream.answered.at(frame.number);
    }
    if (checker.acked(row, frame.q, resent, now_) == StreamStep::gap)
        ask_page(device, frame.conversation, checker.missing_from(stream.stream));
    try_send(device, stream, frame.conversation);
}

void CheckWorld::receive_rejection(std::uint32_t device, const Frame& frame) {
    ClientStream& stream = devices_[device].streams.at(frame.conversation);
    const auto sent = std::find_if(stream.unanswered.begin(), stream.unanswered.end(),
                                   [&](const auto& one) { return one.number == frame.number; });
    if (sent == stream.unanswered.end()) return;
    checker_of(device).rejected(sent->row, ErrorCode::overloaded);
    // Not consumed: the next message takes the number, once what was sent after it is refused as well.
    stream.next_number = std::min(stream.next_number, frame.number);
    stream.unanswered.erase(sent);
    stream.hold = true;
    try_send(device, stream, frame.conversation);
}

void CheckWorld::receive_resumed(std::uint32_t device, const Frame& frame) {
    ClientStream& stream = devices_[device].streams.at(frame.conversation);
    Checker& checker = checker_of(device);
    checker.resumed(stream.stream, frame.asked, frame.answer, now_);
    stream.announced = frame.answer.head;
    if (frame.answer.status == ResumeStatus::too_old) {
        stream.announced = 0;
        ask_page(device, frame.conversation, checker.missing_from(stream.stream));
    }
    if (!frame.last_answer) return;
    devices_[device].live = true;
    for (auto& [c, own] : devices_[device].streams) {
        const bool abandons = settling_ && options_.abandons && mix64(options_.seed, device, c) % 8 == 0;
        if (abandons) own.unanswered.clear();  // never resent: their fate stays unknown
        for (auto& sent : own.unanswered) {
            Request request;
            request.conversation = c;
            request.number = sent.number;
            checker.body(sent.row, 0, now_, request.body);
            checker.attempted(sent.row, sent.number, now_);
            sent.resent = true;
            devices_[device].inbox.push_back(std::move(request));
        }
        if (abandons)
            own.waiting.clear();
        else
            try_send(device, own, c);
    }
}

void CheckWorld::ask_page(std::uint32_t device, std::uint32_t conversation, Sequence from) {
    Device& own = devices_[device];
    if (!own.connected || own.streams.at(conversation).paging) return;
    own.streams.at(conversation).paging = true;
    Request request;
    request.type = Request::page;
    request.conversation = conversation;
    request.from = from;
    own.inbox.push_back(std::move(request));
}

void CheckWorld::receive_page(std::uint32_t device, const Frame& frame) {
    Checker& checker = checker_of(device);
    ClientStream& stream = devices_[device].streams.at(frame.conversation);
    stream.paging = false;
    for (const Numbered& one : frame.entries)
        checker.repaired(stream.stream, examine(checker, frame.conversation, one.q, one.entry), now_);
    if (!frame.entries.empty() && frame.entries.back().q < frame.head)
        ask_page(device, frame.conversation, frame.entries.back().q + 1);
}

}  // namespace hubbub::test
