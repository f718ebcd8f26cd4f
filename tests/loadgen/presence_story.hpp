// Presence by hand: two users who share a conversation, one watches the other; beats of 1 s and a TTL of 3 s.
// One test; one thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadgen/check/presence_book.hpp"
#include "loadgen/check/presence_judge.hpp"
#include "loadgen/check/unchecked.hpp"
#include "tests/loadgen/judge_case.hpp"
#include "tests/loadgen/judged.hpp"

namespace hubbub {

using namespace std::chrono_literals;
using test::judge_case::accused;
inline constexpr PresenceState online = PresenceState::online, away = PresenceState::away,
                               offline = PresenceState::offline, invisible = PresenceState::invisible;

class PresenceStory : public testing::Test {
  protected:
    explicit PresenceStory(std::uint32_t devices = 1) : plan_(make(devices)) {
        for (std::uint32_t w = 0; w < 2; ++w) {
            checkers_.push_back(std::make_unique<Checker>(*plan_, plan_->slice(w, 2), key_, abilities_));
            book(w).promised(1s, 3s);
            checkers_.back()->begin_phase(1, at(0));
        }
        for (const DeviceIndex device : {bob(), bob2()}) {
            if (device.value >= plan_->devices) continue;
            greet(device, 0);
        }
        greet(ann, 0);
        watching(100);
        told(online, 100);
        wish(online, 100, 110);
    }

    // ---- ann watches bob
    static constexpr DeviceIndex ann{0};
    [[nodiscard]] DeviceIndex bob() const { return plan_->device_of(UserIndex{1}); }
    [[nodiscard]] DeviceIndex bob2() const { return DeviceIndex{bob().value + 1}; }

    [[nodiscard]] static Time at(int ms) { return Time{} + std::chrono::milliseconds{ms}; }
    PresenceBook& book(std::uint32_t worker) { return checkers_[worker]->presence(); }
    PresenceBook& book_of(DeviceIndex device) { return book(device == ann ? 0 : 1); }

    void greet(DeviceIndex device, int ms) { book_of(device).greeted(device, at(ms)); }
    /// Pings every `every` in [from, until], each answered after `way`.
    void live(DeviceIndex device, int from, int until, int way = 20, int every = 800) {
        for (int ms = from; ms <= until; ms += every) {
            book_of(device).pinged(device, at(last_said_[device.value]), at(ms));
            last_said_[device.value] = ms;
            book_of(device).ponged(device, book_of(device).micros(at(ms)), at(ms + way));
        }
    }
    void watching(int ms) { book(0).watching(ann, at(ms), at(ms + 10)); }
    void told(PresenceState state, int ms) { book(0).noticed(ann, UserIndex{1}, state, at(ms)); }
    std::size_t wish(PresenceState state, int ms, int granted) {
        const std::size_t which = book(1).wished(UserIndex{1}, state, at(ms));
        if (granted > 0) book(1).granted(UserIndex{1}, which, at(granted));
        return which;
    }
    void lost(DeviceIndex device, int ms, bool left = false) {
        book_of(device).lost(device, at(last_said_[device.value]), left, at(ms));
    }
    /// A device that leaves, and the server's answer to it.
    void leave(DeviceIndex device, int ms) {
        lost(device, ms, true);
        book_of(device).farewell_heard(device, at(ms + 20));
    }

    Judgement judge(int ended = 20'000) {
        for (std::uint32_t w = 0; w < 2; ++w) book(w).finish(at(ended));
        return test::judged(*plan_, key_, abilities_, test::pointers(checkers_));
    }
    static Histogram latency(const Judgement& judgement, const std::string& label) {
        const auto found = judgement.latency.find({"presence", label});
        return found == judgement.latency.end() ? Histogram() : found->second;
    }
    static std::string why(const Judgement& judgement) {
        return judgement.evidence.empty() ? "" : judgement.evidence.front().why;
    }

    static std::shared_ptr<const Plan> make(std::uint32_t devices) {
        Scenario scenario = test::small_scenario();
        scenario.users = scenario.online = 2;
        scenario.topology = {{ConversationClass::direct, 1, 2, 2, {}}};
        scenario.behaviors = {test::everyone_sends(1, 0, 0)};
        scenario.behaviors[0].habits.presence = PresenceHabit{10, 0};
        if (devices > 1) scenario.population.devices_per_user = {{devices, 1.0, {}}};
        return test::plan_of(std::move(scenario));
    }

    RunKey key_{7, 1, Time{}};
    BackendAbilities abilities_;
    std::shared_ptr<const Plan> plan_;
    std::vector<std::unique_ptr<Checker>> checkers_;
    std::map<std::uint32_t, int> last_said_;
};

class JudgePresence : public PresenceStory {};
class JudgePresenceOfDevices : public PresenceStory {
  protected:
    JudgePresenceOfDevices() : PresenceStory(2) {}
};

}  // namespace hubbub
