// One habit under test: a host that writes down what the habit does, and messages for it to see. One group,
// all its members on one worker.
// One test; one thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/habits/talk.hpp"
#include "plan_fixture.hpp"
#include "protocol/limits.hpp"

namespace hubbub::test {

class NotingHost final : public HabitHost {
  public:
    struct Sent {
        StreamIndex stream;
        SendAbout about;
        std::uint32_t body_bytes;
        Time intended;
        LedgerRow row;
    };

    explicit NotingHost(std::shared_ptr<const Plan> plan)
        : plan_(std::move(plan)),
          slice_(plan_->slice(0, 1)),
          checker_(*plan_, slice_, {7, 0x1234, Time{}}, {}) {
        for (std::uint32_t c = 0; c < plan_->conversations.size(); ++c) {
            ready_.push_back({ConversationId{0xabcd, c + 1}, 1, 1});
            checker_.conversation_ready(ConversationIndex{c}, 1, 1);
        }
        dead.resize(plan_->devices);
        away.resize(plan_->devices);
    }
    [[nodiscard]] const Plan& plan() const override { return *plan_; }
    [[nodiscard]] const Slice& slice() const override { return slice_; }
    [[nodiscard]] const BackendAbilities& abilities() const override { return shows; }
    [[nodiscard]] Checker& checker() override { return checker_; }
    [[nodiscard]] bool live(DeviceIndex device) const override { return !dead[device.value]; }
    [[nodiscard]] const ReadyConversation& ready(ConversationIndex c) const override {
        return ready_[c.index()];
    }
    [[nodiscard]] std::optional<ConversationIndex> conversation_of(const ConversationId& id) const override {
        for (std::uint32_t c = 0; c < ready_.size(); ++c)
            if (ready_[c].id == id) return ConversationIndex{c};
        return std::nullopt;
    }
    [[nodiscard]] std::optional<StreamIndex> stream_of(DeviceIndex device,
                                                       const ConversationId& id) const override {
        const auto conversation = conversation_of(id);
        return conversation ? plan_->stream_of(device, *conversation) : std::nullopt;
    }
    bool say(DeviceIndex device, const ClientMessage& message, Time) override {
        if (dead[device.value]) return false;
        said.emplace_back(device, message);
        return true;
    }
    bool part(DeviceIndex, Time) override { return false; }
    [[nodiscard]] bool parted(DeviceIndex device) const override { return away[device.value]; }
    void open(DeviceIndex, Time) override {}
    void ping(DeviceIndex, std::uint64_t, Time) override {}
    [[nodiscard]] Time last_said(DeviceIndex) const override { return {}; }
    [[nodiscard]] Duration beat(DeviceIndex) const override { return limits::beat_interval; }
    void send(StreamIndex stream, const SendAbout& about, std::uint32_t body_bytes, Time intended,
              Time) override {
        sent.push_back({stream, about, body_bytes, intended, checker_.induced(stream, about, intended)});
    }
    [[nodiscard]] RequestId request_id(const Habit&) override { return ++last_request; }
    bool plan_deed(Habit&, const Deed& deed) override {
        deeds.push_back(deed);
        return true;
    }
    void count_error(std::string_view what) override { errors.emplace_back(what); }

    /// Does what is due by then, earliest first.
    void play(Habit& habit, Time until) {
        while (true) {
            const auto next = std::min_element(deeds.begin(), deeds.end(),
                                               [](const Deed& a, const Deed& b) { return a.at < b.at; });
            if (next == deeds.end() || next->at > until) return;
            const Deed deed = *next;
            deeds.erase(next);
            habit.due(deed, deed.at);
        }
    }

    BackendAbilities shows;
    std::vector<bool> dead, away;  ///< by device
    std::vector<std::pair<DeviceIndex, ClientMessage>> said;
    std::vector<Sent> sent;
    std::vector<Deed> deeds;
    std::vector<std::string> errors;
    RequestId last_request = 0;

  private:
    std::shared_ptr<const Plan> plan_;
    Slice slice_;
    Checker checker_;
    std::vector<ReadyConversation> ready_;
};

class TalkTest : public testing::Test {
  protected:
    using Make = std::unique_ptr<Habit> (*)(HabitHost&);

    /// A group of `users`, everybody with these habits.
    void start(Make make, const Habits& habits, std::uint32_t users = 4, double rate = 100) {
        Scenario scenario = small_scenario();
        scenario.users = scenario.online = users;
        scenario.topology = {{ConversationClass::group, 1, users, users, {}}};
        scenario.behaviors = {everyone_sends(0, 1, 0)};
        scenario.behaviors[0].habits = habits;
        scenario.phases[1].streams = {stream_of_law(ArrivalLaw::constant, rate)};
        host = std::make_unique<NotingHost>(plan_of(std::move(scenario)));
        habit = make(*host);
        ASSERT_NE(habit, nullptr);
    }
    void begin_load(Time at = Time{}) { habit->load_begins(1, at, std::chrono::seconds{10}, at); }

    /// Message k of the device, as entry q of the group.
    static SeenEntry message(DeviceIndex sender, std::uint32_t k, Sequence q) {
        SeenEntry entry;
        entry.sequence = q;
        entry.sender_known = true;
        entry.sender = sender;
        entry.number = k;
        entry.stamp.state = StampState::valid;
        entry.stamp.stamp.device = sender;
        entry.stamp.stamp.k = k;
        return entry;
    }
    /// All devices but the sender's see it.
    void show(const SeenEntry& entry, Time now) {
        for (std::uint32_t d = 0; d < host->plan().devices; ++d)
            if (DeviceIndex{d} != entry.sender) habit->saw(stream(DeviceIndex{d}), entry, now);
    }
    [[nodiscard]] StreamIndex stream(DeviceIndex device) const {
        return *host->plan().stream_of(device, ConversationIndex{0});
    }

    std::unique_ptr<NotingHost> host;
    std::unique_ptr<Habit> habit;
};

}  // namespace hubbub::test
