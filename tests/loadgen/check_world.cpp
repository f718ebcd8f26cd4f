#include "check_world.hpp"

#include <algorithm>

#include "judged.hpp"
#include "plan_fixture.hpp"

namespace hubbub::test {
namespace {

constexpr RunKey run_key{0x123456, 0xfeed, Time{} + std::chrono::seconds{100}};

}  // namespace

std::shared_ptr<const Plan> world_plan() {
    Scenario scenario;
    scenario.seed = 3;
    scenario.text_hash = "0123456789abcdef";
    scenario.users = 8;
    scenario.online = 7;
    scenario.topology = {{ConversationClass::direct, 4, 2, 2, {}},
                         {ConversationClass::group, 3, 3, 5, {}},
                         {ConversationClass::channel, 1, 8, 8, {}}};
    scenario.behaviors = {everyone_sends(0.5, 0.3, 0.2)};
    scenario.population.cohorts = {{.name = "mobile", .share = 0.5}, {.name = "desk", .share = 0.5}};
    Phase warmup = load_phase(std::chrono::seconds{1}, {stream_of_law(ArrivalLaw::poisson, 10)});
    warmup.name = "warmup";
    warmup.measure = false;
    Phase spike = load_phase(std::chrono::seconds{1}, {stream_of_law(ArrivalLaw::poisson, 10)});
    spike.name = "spike";
    scenario.phases = {connect_phase(50), warmup,
                       load_phase(std::chrono::seconds{1}, {stream_of_law(ArrivalLaw::poisson, 10)}), spike};
    return plan_of(std::move(scenario));
}

CheckWorld::CheckWorld(std::shared_ptr<const Plan> plan, WorldOptions options)
    : plan_(std::move(plan)),
      options_(std::move(options)),
      random_(options_.seed),
      wrongs_(Random(options_.seed).child("wrongs")),
      now_(run_key.epoch),
      worker_of_(plan_->online_devices),
      logs_(plan_->conversations.size()),
      devices_(plan_->online_devices) {
    for (std::uint32_t w = 0; w < options_.workers; ++w) {
        const Slice slice = plan_->slice(w, options_.workers);
        checkers_.push_back(std::make_unique<Checker>(*plan_, slice, run_key, BackendAbilities{}));
        for (std::uint32_t d = slice.first_device; d < slice.last_device; ++d) worker_of_[d] = w;
    }
    for (std::uint32_t c = 0; c < logs_.size(); ++c) {
        logs_[c].base = 1 + random_.below(3);
        for (Sequence q = 1; q <= logs_[c].base; ++q)
            logs_[c].entries.push_back({EntryKind::joined, 0, 0, "", true, true, {}});
        for (const auto& checker : checkers_)
            checker->conversation_ready(ConversationIndex{c}, logs_[c].epoch, logs_[c].base);
        for (std::uint32_t d = 0; d < devices_.size(); ++d)
            if (const auto stream = plan_->stream_of(DeviceIndex{d}, ConversationIndex{c}))
                devices_[d].streams[c].stream = *stream;
    }
}

Checker& CheckWorld::checker_of(std::uint32_t device) {
    return *checkers_[worker_of_[device]];
}

bool CheckWorld::wrong(const char* kind, double chance) {
    const auto asked = options_.wrongs.find(kind);
    return asked != options_.wrongs.end() && asked->second > 0 && wrongs_.chance(chance);
}

void CheckWorld::note(const char* kind, std::uint32_t receivers) {
    --options_.wrongs.find(kind)->second;
    truth_.push_back({kind, receivers});
}

// Entries that waited for a successor which never came leave late, and in order: no wrong was done.
void CheckWorld::release_held() {
    for (Device& device : devices_) {
        for (auto& [c, frame] : device.held) device.outbox.push_back(std::move(frame));
        device.held.clear();
    }
}

Judgement CheckWorld::run() {
    for (std::uint32_t d = 0; d < devices_.size(); ++d) connect(d);
    flush();
    while (intended_ < options_.messages) turn();
    settle();
    if (options_.drain) drain();
    if (options_.audits) audit();
    // Every fifth is judged from afar as well: it takes as long again.
    return judged(*plan_, run_key, BackendAbilities{}, pointers(checkers_), options_.seed % 5 == 0);
}

std::vector<std::uint32_t> CheckWorld::devices_where(bool (*holds)(const Device&)) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t d = 0; d < devices_.size(); ++d)
        if (holds(devices_[d])) found.push_back(d);
    return found;
}

void CheckWorld::turn() {
    now_ += std::chrono::microseconds{random_.below(20'000)};
    const auto one_of = [&](const std::vector<std::uint32_t>& from) {
        return from[random_.below(from.size())];
    };
    const std::uint64_t dice = random_.below(100);
    if (dice < 12) {
        intend();
    } else if (dice < 50) {
        const auto busy = devices_where([](const Device& d) { return !d.inbox.empty(); });
        if (!busy.empty()) serve(one_of(busy));
    } else if (dice < 96) {
        const auto busy = devices_where([](const Device& d) { return !d.outbox.empty(); });
        if (!busy.empty()) receive(one_of(busy));
    } else if (dice < 98) {
        const auto off = devices_where([](const Device& d) { return !d.connected; });
        if (!off.empty()) connect(one_of(off));
    } else if (options_.resets) {
        const auto on = devices_where([](const Device& d) { return d.connected; });
        if (!on.empty() && random_.chance(0.4)) disconnect(one_of(on));
    }
}

// Serves and delivers until nothing is on the way.
void CheckWorld::flush() {
    while (pump_all()) now_ += std::chrono::microseconds{random_.below(500)};
}

bool CheckWorld::pump_all() {
    bool moved = false;
    for (std::uint32_t d = 0; d < devices_.size(); ++d) {
        if (!devices_[d].inbox.empty()) {
            serve(d);
            moved = true;
        }
        if (!devices_[d].outbox.empty()) {
            receive(d);
            moved = true;
        }
    }
    return moved;
}

// No further sends: everybody comes back, and resends until everything has its answer.
void CheckWorld::settle() {
    settling_ = true;
    release_held();
    for (int round = 0; round < 20; ++round) {
        for (std::uint32_t d = 0; d < devices_.size(); ++d) {
            bool unanswered = false;
            for (auto& [c, stream] : devices_[d].streams) unanswered |= !stream.unanswered.empty();
            // The ack timeout: the client gives the connection up and comes back.
            if (round > 0 && unanswered && devices_[d].connected) disconnect(d);
            if (!devices_[d].connected) connect(d);
        }
        flush();
    }
}

void CheckWorld::drain() {
    std::vector<Sequence> heads(logs_.size());
    for (const auto& checker : checkers_)
        for (std::size_t c = 0; c < heads.size(); ++c)
            heads[c] = std::max(heads[c], checker->acked_heads()[c]);
    for (const auto& checker : checkers_) checker->expected_heads(heads);

    std::set<std::uint32_t> owed;
    for (const auto& checker : checkers_) {
        std::uint64_t counted = 0;
        checker->for_each_owed([&](StreamIndex stream) {
            ++counted;
            owed.insert(plan_->stream_device[stream.index()].value);
            checker->overdue(stream, now_);
        });
        EXPECT_EQ(counted, checker->owed());
    }
    for (const std::uint32_t d : owed) {
        disconnect(d);
        connect(d);
    }
    flush();
    for (const auto& checker : checkers_)
        checker->for_each_owed([&](StreamIndex stream) {
            ask_page(plan_->stream_device[stream.index()].value,
                     plan_->stream_conversation[stream.index()].value, checker->missing_from(stream));
        });
    flush();
    for (const auto& checker : checkers_) {
        std::uint64_t counted = 0;
        checker->for_each_owed([&](StreamIndex) { ++counted; });
        EXPECT_EQ(counted, checker->owed()) << "owed() is kept up to date";
    }
}

void CheckWorld::audit() {
    for (std::uint32_t c = 0; c < logs_.size(); ++c) {
        if (logs_[c].entries.size() == logs_[c].base) continue;
        std::vector<std::uint32_t> readers;
        for (std::uint32_t d = 0; d < devices_.size(); ++d)
            if (devices_[d].streams.contains(c)) readers.push_back(d);
        const std::uint32_t reader = readers[mix64(options_.seed, c) % readers.size()];
        Checker& checker = checker_of(reader);
        for (const Numbered& one : history(reader, c, 1, SIZE_MAX))
            checker.audit_entry(ConversationIndex{c}, examine(checker, c, one.q, one.entry));
        checker.audited(ConversationIndex{c}, logs_[c].entries.size());
    }
}

}  // namespace hubbub::test
