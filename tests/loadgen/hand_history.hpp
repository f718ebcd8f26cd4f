// A history told by hand: one group of three online members, a fourth user outside of it, one checker a
// member or one for all; each test tells exactly the events it is about.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "judged.hpp"
#include "loadgen/check/judge.hpp"
#include "plan_fixture.hpp"

namespace hubbub::test {

class HandHistory {
  public:
    static constexpr Sequence base = 10;
    static constexpr Epoch epoch = 3;

    explicit HandHistory(std::uint32_t workers = 1, BackendAbilities abilities = {},
                         const Habits& habits = {})
        : plan_(make(habits)), abilities_(abilities) {
        for (std::uint32_t w = 0; w < workers; ++w) {
            const Slice slice = plan_->slice(w, workers);
            checkers_.push_back(std::make_unique<Checker>(*plan_, slice, key_, abilities_));
            for (std::uint32_t d = slice.first_device; d < slice.last_device; ++d)
                worker_of_[d] = checkers_.back().get();
            checkers_.back()->conversation_ready(group, epoch, base);
            checkers_.back()->conversation_ready(other, epoch, base);
            checkers_.back()->begin_phase(1, at(0));
            checkers_.back()->begin_phase(2, at(1000));
        }
        for (const UserIndex user : plan_->members_of(group)) members.push_back(plan_->device_of(user));
        for (std::uint32_t d = 0; d < plan_->devices; ++d)
            if (!plan_->stream_of(DeviceIndex{d}, group)) stranger = DeviceIndex{d};
    }

    struct Message {
        DeviceIndex sender;
        LedgerRow row = 0;
        WireNumber number = 0;
        std::string body;
        ConversationIndex in{0};
        SendAbout about{};
    };

    [[nodiscard]] static Time at(int ms) { return key_.epoch + std::chrono::milliseconds{ms}; }
    [[nodiscard]] Checker& of(DeviceIndex device) { return *worker_of_[device.value]; }
    [[nodiscard]] StreamIndex stream(DeviceIndex device, ConversationIndex in = group) const {
        return *plan_->stream_of(device, in);
    }

    /// Falls due, and is not sent.
    Message intend(DeviceIndex sender, int ms, std::uint32_t phase = 1) {
        return {sender, of(sender).intended(stream(sender), phase, at(ms)), 0, "", group};
    }
    /// Falls due and is sent at once.
    Message say(DeviceIndex sender, int ms, std::uint32_t phase = 1) {
        return send(intend(sender, ms, phase), ms);
    }
    /// The same for what another message brought about.
    Message say_about(DeviceIndex sender, const SendAbout& about, int ms) {
        return send({sender, of(sender).induced(stream(sender), about, at(ms)), 0, "", group, about}, ms);
    }
    Message send(Message message, int ms) {
        message.number = ++numbers_[message.sender.value];
        of(message.sender).body(message.row, 60, at(ms), message.body);
        of(message.sender).attempted(message.row, message.number, at(ms));
        return message;
    }
    void resend(const Message& message, int ms) {
        of(message.sender).attempted(message.row, message.number, at(ms));
    }
    StreamStep ack(const Message& message, Sequence q, int ms, bool resent = false) {
        return of(message.sender).acked(message.row, q, resent, at(ms));
    }

    [[nodiscard]] Entry entry_of(const Message& message, Sequence q) {
        names_.push_back(plan_->user_name(plan_->user_of(message.sender)));
        Entry entry;
        entry.sequence = q;
        entry.user = names_.back();
        entry.device = device_name_;
        entry.number = message.number;
        entry.body = message.body;
        entry.op = message.about.op;
        entry.target = message.about.target;
        return entry;
    }
    StreamStep deliver(DeviceIndex to, const Entry& entry, int ms, ArrivedBy how = ArrivedBy::live) {
        return of(to).received(stream(to), of(to).examine(entry, group), how, at(ms));
    }
    StreamStep deliver(DeviceIndex to, const Message& message, Sequence q, int ms,
                       ArrivedBy how = ArrivedBy::live) {
        return deliver(to, entry_of(message, q), ms, how);
    }
    /// Read out of a page of history, to repair the stream.
    void page(DeviceIndex to, const Message& message, Sequence q, int ms) {
        of(to).repaired(stream(to), of(to).examine(entry_of(message, q), group), at(ms));
    }
    /// To the two others.
    void deliver_to_all(const Message& message, Sequence q, int ms) {
        for (const DeviceIndex to : members)
            if (to != message.sender) deliver(to, message, q, ms);
    }
    /// Sent, acknowledged 5 ms later and delivered 20 ms later.
    Message talk(DeviceIndex sender, Sequence q, int ms, std::uint32_t phase = 1) {
        const Message message = say(sender, ms, phase);
        ack(message, q, ms + 5);
        deliver_to_all(message, q, ms + 20);
        return message;
    }

    void resumed(DeviceIndex device, Sequence asked, ResumeStatus status, Sequence from, Sequence head,
                 Epoch answered = epoch, Epoch asked_epoch = epoch) {
        of(device).disconnected(device);
        ResumedPosition answer;
        answer.epoch = answered;
        answer.from = from;
        answer.head = head;
        answer.status = status;
        of(device).resumed(stream(device), Position{{}, asked_epoch, asked}, answer, at(2000));
    }

    void expect_heads() {
        drained_ = true;
        std::vector<Sequence> heads(plan_->conversations.size());
        for (const auto& checker : checkers_)
            for (std::size_t c = 0; c < heads.size(); ++c)
                heads[c] = std::max(heads[c], checker->acked_heads()[c]);
        for (const auto& checker : checkers_) checker->expected_heads(heads);
    }
    /// The history, read by the first member.
    void audit(const std::vector<Entry>& entries, Sequence head) {
        expect_heads();
        for (const Entry& entry : entries)
            of(members[0]).audit_entry(group, of(members[0]).examine(entry, group));
        of(members[0]).audited(group, head);
    }
    /// The drain is over, unless `drained` says that there was none.
    Judgement judge(bool drained = true) {
        if (drained && !drained_) expect_heads();
        return judged(*plan_, key_, abilities_, pointers(checkers_));
    }

    [[nodiscard]] static const RunKey& key() { return key_; }
    [[nodiscard]] const Plan& plan() const { return *plan_; }

    static constexpr ConversationIndex group{0}, other{1};
    std::vector<DeviceIndex> members;
    DeviceIndex stranger;

  private:
    static std::shared_ptr<const Plan> make(const Habits& habits) {
        Scenario scenario;
        scenario.seed = 3;
        scenario.text_hash = "0123456789abcdef";
        scenario.users = scenario.online = 4;
        scenario.topology = {{ConversationClass::group, 1, 3, 3, {}},
                             {ConversationClass::channel, 1, 4, 4, {}}};
        scenario.behaviors = {everyone_sends(0, 0.5, 0.5)};
        scenario.behaviors[0].habits = habits;
        Phase warmup = load_phase(std::chrono::seconds{1}, {stream_of_law(ArrivalLaw::constant, 10)});
        scenario.phases = {connect_phase(50), warmup, warmup};
        scenario.phases[2].name = "late";
        scenario.phases[2].measure = false;
        return plan_of(std::move(scenario));
    }

    static constexpr RunKey key_{0x123456, 0xfeed, Time{} + std::chrono::seconds{100}};
    std::shared_ptr<const Plan> plan_;
    BackendAbilities abilities_;
    std::vector<std::unique_ptr<Checker>> checkers_;
    bool drained_ = false;
    Checker* worker_of_[4] = {};
    WireNumber numbers_[4] = {};
    std::deque<std::string> names_;  // entries borrow them
    std::string device_name_ = "d0";
};

}  // namespace hubbub::test
