// The whole contract at once: devices that follow "Writing a client" of docs/PROTOCOL.md, on several shards,
// with links that die, servers that crash and queues that are full. Everything is drawn from the seed.
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

/// Keeps what a good client keeps, and fails the test when the server breaks a promise.
class Device {
  public:
    Device(World& world, const std::string& user, const std::string& device)
        : world_(world), client_(world.client(user, device)) {}

    void know(const ConversationId& conversation) { states_[conversation]; }

    void connect(std::uint32_t shard) {
        live_ = false;
        client_.forget();
        client_.connect(shard);
        std::vector<Position> positions;
        for (const auto& [conversation, state] : states_) positions.push_back({conversation, 1, state.last});
        client_.resume(std::move(positions), false);
    }
    void reset() {
        listen();
        client_.reset();
        live_ = false;
    }
    void say(const ConversationId& conversation) {
        State& state = states_[conversation];
        if (!connected() || !live_ || state.unanswered.size() >= limits::in_flight_max) return;
        const WireNumber n = ++state.next;
        const std::string body = client_.user + "/" + client_.device + "/" + std::to_string(n);
        state.unanswered[n] = body;
        client_.send(conversation, n, body);
    }
    /// Resends all that is unanswered, in order.
    void retry() {
        if (!connected() || !live_) return;
        for (const auto& [conversation, state] : states_)
            for (const auto& [n, body] : state.unanswered) client_.send(conversation, n, body);
    }
    /// Takes in what arrived since the last call.
    void listen() {
        for (const Resumed& resumed : client_.resumed) {
            for (const ResumedPosition& position : resumed.positions) {
                EXPECT_EQ(position.status, ResumeStatus::ok);
                EXPECT_EQ(position.from, states_[position.conversation].last + 1);
            }
            live_ = resumed.pending == 0;
        }
        client_.resumed.clear();
        for (const Said& said : client_.said) hear(said);
        client_.said.clear();
        for (const Rejected& refusal : client_.rejected) refused(refusal.code);
        client_.rejected.clear();
    }
    [[nodiscard]] bool connected() const { return client_.connected(); }
    [[nodiscard]] bool done() const {
        for (const auto& [conversation, state] : states_)
            if (!state.unanswered.empty()) return false;
        return live_;
    }
    [[nodiscard]] const std::map<Sequence, std::string>& log(const ConversationId& conversation) {
        return states_[conversation].log;
    }
    [[nodiscard]] const std::string& user() const { return client_.user; }

  private:
    struct State {
        Sequence last = 1;  // the joined entry of create
        WireNumber next = 0;
        std::map<WireNumber, std::string> unanswered;
        std::map<WireNumber, std::string> sent;
        std::map<Sequence, std::string> log;
    };
    void hear(const Said& said) {
        State& state = states_[said.conversation];
        const bool own = said.ack || (said.user == client_.user && said.device == client_.device);
        std::string body = said.body;
        if (own) {
            const auto waiting = state.unanswered.find(said.number);
            if (waiting != state.unanswered.end()) {
                state.sent[said.number] = waiting->second;
                state.unanswered.erase(waiting);
            }
            body = state.sent[said.number];
        }
        if (said.sequence <= state.last) {
            // A repeated ack; it must say what was said before.
            EXPECT_TRUE(own) << "entry " << said.sequence << " came twice to " << client_.user;
            EXPECT_EQ(state.log[said.sequence], body);
            return;
        }
        EXPECT_EQ(said.sequence, state.last + 1) << "a gap at " << client_.user << "/" << client_.device;
        state.last = said.sequence;
        state.log[said.sequence] = body;
    }
    void refused(ErrorCode code) {
        // After one overloaded send its successors are out of order until the retry.
        EXPECT_TRUE(code == ErrorCode::overloaded || code == ErrorCode::out_of_order) << name(code);
    }

    World& world_;
    Client& client_;
    bool live_ = false;
    std::map<ConversationId, State> states_;
};

struct Story {
    std::uint64_t seed = 1;
    std::uint32_t shards = 3;
    bool crashes = false;
    std::size_t mailbox = SIZE_MAX;
    std::size_t slice = limits::fanout_slice;
};

void tell(const Story& story) {
    SCOPED_TRACE("seed " + std::to_string(story.seed));
    World world({.shards = story.shards,
                 .seed = story.seed,
                 .commit_latency = 300us,
                 .mailbox_mails_max = story.mailbox,
                 .server = {.fanout_slice = story.slice}});
    Random random = world.random().child("story");
    std::vector<ConversationId> rooms;
    std::vector<std::string> users = {"ann", "bob", "cem", "dan"};
    for (int i = 0; i < 4; ++i) rooms.push_back(world.conversation("r" + std::to_string(i), users));
    world.client("maker").reset();
    std::vector<Device> devices;
    for (const std::string& user : users)
        for (const char* device : {"phone", "desk"}) devices.emplace_back(world, user, device);
    for (Device& device : devices)
        for (const ConversationId& room : rooms) device.know(room);

    const auto any_shard = [&] { return static_cast<std::uint32_t>(random.below(story.shards)); };
    for (int round = 0; round < 400; ++round) {
        Device& device = devices[random.below(devices.size())];
        device.listen();
        const auto dice = random.below(100);
        if (!device.connected()) {
            device.connect(any_shard());
        } else if (dice < 8) {
            device.reset();
            if (dice < 4) device.connect(any_shard());
        } else if (dice < 20) {
            device.retry();
        } else if (dice < 21 && story.crashes) {
            for (Device& other : devices) other.reset();
            world.kill();
        } else {
            device.say(rooms[random.below(rooms.size())]);
        }
        for (auto steps = random.below(12); steps != 0; --steps)
            if (!world.step()) world.pass(100us);
    }

    for (int attempt = 0; attempt < 50; ++attempt) {
        bool done = true;
        for (Device& device : devices) {
            device.listen();
            if (!device.connected()) device.connect(any_shard());
            device.retry();
            world.settle();
            device.listen();
            done &= device.done();
        }
        if (done) break;
    }
    world.settle();
    for (Device& device : devices) device.listen();
    for (const ConversationId& room : rooms) {
        const auto& log = devices[0].log(room);
        std::map<std::string, Sequence> where;
        for (const auto& [sequence, body] : log)
            EXPECT_TRUE(where.emplace(body, sequence).second) << body << " stands twice";
        for (Device& device : devices) {
            EXPECT_TRUE(device.done());
            EXPECT_EQ(device.log(room), log) << "of " << device.user();
        }
        EXPECT_EQ(log.empty() ? 1 : log.rbegin()->first, log.size() + 1);
    }
}

TEST(Contract, EveryDeviceEndsWithExactlyTheGapFreeLogThroughResetsAndRetries) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) tell({.seed = seed, .shards = 1 + seed % 3});
}

TEST(Contract, HoldsThroughCrashesToo) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed)
        tell({.seed = seed, .shards = 1 + seed % 3, .crashes = true});
}

TEST(Contract, HoldsWhenTheQueuesBetweenShardsAreFullMostOfTheTime) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) tell({.seed = seed, .shards = 3, .mailbox = 2});
}

TEST(Contract, HoldsWhenEveryFanOutIsSliced) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) tell({.seed = seed, .shards = 2, .slice = 1});
}

}  // namespace
}  // namespace hubbub::testing
