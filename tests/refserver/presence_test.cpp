// Presence: who is told what of whom, and when, counted from the true event.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

/// What one client was told of others: "bob online".
struct Told {
    explicit Told(Client& client) {
        client.also = [this](const ServerMessage& message) {
            if (const auto* notice = std::get_if<PresenceNotice>(&message)) {
                words.push_back(std::string(notice->user) + " " + std::string(name(notice->state)));
                last_seen_ms.push_back(notice->last_seen_ms);
            }
            if (const auto* done = std::get_if<Done>(&message))
                words.push_back("done " + std::to_string(done->id));
        };
    }
    std::vector<std::string> words;
    std::vector<std::uint64_t> last_seen_ms;
};

Client& connected(World& world, const std::string& user, std::uint32_t shard = 0,
                  const std::string& device = "d") {
    Client& client = world.client(user, device);
    client.connect(shard);
    world.settle();
    return client;
}

void watch(World& world, Client& who, std::vector<std::string_view> whom, bool on = true) {
    who.say(Watch{1, std::move(whom), on});
    world.settle();
}

/// Time passes while these clients beat.
void pass(World& world, Duration span, std::vector<Client*> beating) {
    const Time end = world.now() + span;
    while (world.now() < end) {
        for (Client* client : beating) client->say(Beat{});
        world.pass(std::min<Duration>(4s, end - world.now()));
    }
}

void say_goodbye(Client& client, std::uint16_t code = 1000) {
    std::string frame;
    websocket::append_masked_frame(frame, websocket::Opcode::close, websocket::close_payload(code, {}), 7U);
    client.say_raw(std::move(frame));
}

TEST(Presence, TheAnswerToAWatchNamesTheStatesAndThenComesEveryChange) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        World world({.shards = 3, .seed = seed});
        Client& ann = connected(world, "ann", 0);
        connected(world, "bob", 1);
        Told told(ann);
        watch(world, ann, {"bob", "cem"});
        ASSERT_THAT(told.words, SizeIs(3));
        EXPECT_EQ(told.words.back(), "done 1");
        EXPECT_THAT(told.words, UnorderedElementsAre("bob online", "cem offline", "done 1"));
        told.words.clear();
        connected(world, "cem", 2);
        EXPECT_THAT(told.words, ElementsAre("cem online"));
    }
}

TEST(Presence, WhoWatchesNobodyIsToldNothing) {
    World world;
    Client& ann = connected(world, "ann");
    Told told(ann);
    Client& bob = connected(world, "bob");
    say_goodbye(bob);
    pass(world, 20s, {&ann});
    EXPECT_THAT(told.words, IsEmpty());
}

TEST(Presence, AFarewellIsToldAfterASecond) {
    for (const std::uint16_t code : {std::uint16_t{1000}, std::uint16_t{1001}}) {
        World world({.shards = 2});
        Client& ann = connected(world, "ann", 0);
        Client& bob = connected(world, "bob", 1);
        Told told(ann);
        watch(world, ann, {"bob"});
        told.words.clear();
        say_goodbye(bob, code);
        world.pass(limits::presence_debounce - 10ms);
        EXPECT_THAT(told.words, IsEmpty());
        world.pass(20ms);
        EXPECT_THAT(told.words, ElementsAre("bob offline"));
    }
}

TEST(Presence, WhoComesBackWithinASecondNeverLeft) {
    World world;
    Client& ann = connected(world, "ann");
    Client& bob = connected(world, "bob");
    Told told(ann);
    watch(world, ann, {"bob"});
    told.words.clear();
    say_goodbye(bob);
    world.pass(300ms);
    bob.connect(0);
    pass(world, 9s, {&ann, &bob});
    EXPECT_THAT(told.words, IsEmpty());
}

TEST(Presence, TwoMissedBeatsAreAwayAndAnyFrameIsALifeSign) {
    World world({.shards = 2});
    Client& ann = connected(world, "ann", 0);
    Client& bob = connected(world, "bob", 1);
    Told told(ann);
    watch(world, ann, {"bob"});
    told.words.clear();
    bob.say(Beat{});
    pass(world, 9900ms, {&ann});
    EXPECT_THAT(told.words, IsEmpty());
    pass(world, 200ms, {&ann});
    EXPECT_THAT(told.words, ElementsAre("bob away"));
    pass(world, 2s, {&ann});
    bob.say(ReadHistory{1, {1, 1}, 1, 1});
    world.settle();
    EXPECT_THAT(told.words, ElementsAre("bob away", "bob online"));
}

TEST(Presence, SilenceIsOfflineAtTheTtlAlthoughTheSocketIsStillOpen) {
    World world({.shards = 2});
    Client& ann = connected(world, "ann", 0);
    Client& bob = connected(world, "bob", 1);
    bob.answers_close = false;
    Told told(ann);
    watch(world, ann, {"bob"});
    told.words.clear();
    bob.say(Beat{});
    pass(world, 14900ms, {&ann});
    EXPECT_THAT(told.words, ElementsAre("bob away"));
    pass(world, 200ms, {&ann});
    EXPECT_THAT(told.words, ElementsAre("bob away", "bob offline"));
    EXPECT_GE(told.last_seen_ms.back(), 15'000U);
    EXPECT_LE(told.last_seen_ms.back(), 15'200U);
}

TEST(Presence, ALinkThatBreaksIsSilenceNotAFarewell) {
    World world({.shards = 2});
    Client& ann = connected(world, "ann", 0);
    Client& bob = connected(world, "bob", 1);
    Client& cem = connected(world, "cem", 1);
    Told told(ann);
    watch(world, ann, {"bob", "cem"});
    told.words.clear();
    bob.reset();
    cem.reset();
    pass(world, 5s, {&ann});
    cem.connect(0);
    EXPECT_THAT(told.words, IsEmpty());
    pass(world, 5500ms, {&ann, &cem});
    EXPECT_THAT(told.words, ElementsAre("bob away"));
    pass(world, 5s, {&ann, &cem});
    EXPECT_THAT(told.words, ElementsAre("bob away", "bob offline"));
}

TEST(Presence, AUserIsSeenAsTheBestOfItsDevices) {
    World world({.shards = 3});
    Client& ann = connected(world, "ann", 0);
    Client& phone = connected(world, "bob", 1, "phone");
    Client& laptop = connected(world, "bob", 2, "laptop");
    Told told(ann);
    watch(world, ann, {"bob"});
    told.words.clear();
    say_goodbye(phone);
    pass(world, 5s, {&ann, &laptop});
    EXPECT_THAT(told.words, IsEmpty());
    say_goodbye(laptop);
    pass(world, 2s, {&ann});
    EXPECT_THAT(told.words, ElementsAre("bob offline"));
}

TEST(Presence, ASessionThatIsReplacedDoesNotTakeItsUserOffline) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        World world({.shards = 3, .seed = seed});
        Client& ann = connected(world, "ann", 0);
        connected(world, "bob", 1);
        Told told(ann);
        watch(world, ann, {"bob"});
        told.words.clear();
        Client& newer = world.client("other");
        newer.connect_silently(2);
        newer.say(Hello{"bob", "d", ""});
        pass(world, 8s, {&ann, &newer});
        EXPECT_THAT(told.words, IsEmpty());
    }
}

TEST(Presence, AwayAndInvisibleAreAsTheUserWants) {
    World world({.shards = 2});
    Client& ann = connected(world, "ann", 0);
    Client& bob = connected(world, "bob", 1);
    Told told(ann), answers(bob);
    watch(world, ann, {"bob"});
    told.words.clear();
    bob.say(SetPresence{7, PresenceState::away});
    pass(world, 2s, {&ann, &bob});
    bob.say(SetPresence{8, PresenceState::invisible});
    pass(world, 4s, {&ann, &bob});
    EXPECT_THAT(answers.words, ElementsAre("done 7", "done 8"));
    EXPECT_THAT(told.words, ElementsAre("bob away", "bob offline"));
    // Invisible stays what it is through a new session, and for new watchers, and last seen says nothing.
    say_goodbye(bob);
    pass(world, 2s, {&ann});
    bob.connect(0);
    pass(world, 4s, {&ann, &bob});
    EXPECT_THAT(told.words, ElementsAre("bob away", "bob offline"));
    Client& cem = connected(world, "cem");
    Told cem_told(cem);
    watch(world, cem, {"bob"});
    EXPECT_THAT(cem_told.words, ElementsAre("bob offline", "done 1"));
    EXPECT_GE(cem_told.last_seen_ms[0], 10'000U);
    bob.say(SetPresence{9, PresenceState::online});
    pass(world, 2s, {&ann, &bob});
    EXPECT_EQ(told.words.back(), "bob online");
}

TEST(Presence, NobodyAsksToBeOffline) {
    World world;
    Client& ann = connected(world, "ann");
    ann.say(SetPresence{3, PresenceState::offline});
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::unsupported);
    EXPECT_EQ(ann.rejected[0].id, 3U);
}

TEST(Presence, FlappingTellsAtMostOneChangeASecondAndTheLastStateInTheEnd) {
    World world({.shards = 2});
    Client& ann = connected(world, "ann", 0);
    Client& bob = connected(world, "bob", 1);
    Told told(ann);
    watch(world, ann, {"bob"});
    told.words.clear();
    for (int i = 0; i < 50; ++i) {
        bob.say(SetPresence{1, i % 2 == 0 ? PresenceState::away : PresenceState::online});
        world.pass(100ms);
    }
    EXPECT_LE(told.words.size(), 6U);
    bob.say(SetPresence{1, PresenceState::away});
    pass(world, 2s, {&ann, &bob});
    EXPECT_EQ(told.words.back(), "bob away");
}

TEST(Presence, AWatchThatEndedAndASessionThatEndedAreToldNothingMore) {
    World world({.shards = 3});
    Client& ann = connected(world, "ann", 0);
    Client& cem = connected(world, "cem", 1);
    Told ann_told(ann), cem_told(cem);
    watch(world, ann, {"bob", "cem"});
    watch(world, cem, {"bob"});
    EXPECT_EQ(world.total(&ShardCounters::presence_watches), 3U);
    watch(world, ann, {"bob"}, false);
    EXPECT_EQ(world.total(&ShardCounters::presence_watches), 2U);
    cem.reset();
    world.settle();
    EXPECT_EQ(world.total(&ShardCounters::presence_watches), 1U);
    ann_told.words.clear();
    connected(world, "bob", 2);
    EXPECT_THAT(ann_told.words, IsEmpty());
}

TEST(Presence, WatchingTwiceCountsOnceAndTooManyAreRefused) {
    World world({.shards = 2});
    Client& ann = connected(world, "ann");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < limits::watched_per_session_max; ++i)
        names.push_back("u" + std::to_string(i));
    const std::size_t half = names.size() / 2;
    const std::vector<std::string_view> first(names.begin(),
                                              names.begin() + static_cast<std::ptrdiff_t>(half));
    const std::vector<std::string_view> second(names.begin() + static_cast<std::ptrdiff_t>(half),
                                               names.end());
    watch(world, ann, first);
    watch(world, ann, first);
    watch(world, ann, second);
    EXPECT_THAT(ann.rejected, IsEmpty());
    EXPECT_EQ(world.total(&ShardCounters::presence_watches), names.size());
    watch(world, ann, {"one more"});
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::too_large);
    watch(world, ann, {"u0"}, false);
    watch(world, ann, {"one more"});
    EXPECT_THAT(ann.rejected, SizeIs(1));
}

TEST(Presence, LastSeenSurvivesTheServer) {
    World world({.shards = 2});
    Client& bob = connected(world, "bob", 1);
    say_goodbye(bob);
    world.pass(5s);
    world.kill();
    world.restart_with(2);
    Client& ann = connected(world, "ann");
    Told told(ann);
    watch(world, ann, {"bob"});
    EXPECT_THAT(told.words, ElementsAre("bob offline", "done 1"));
    EXPECT_GE(told.last_seen_ms[0], 5'000U);
    EXPECT_LE(told.last_seen_ms[0], 6'000U);
}

TEST(Presence, UsersWithoutDevicesAndWatchersLeaveTheMemory) {
    World world;
    Client& bob = connected(world, "bob");
    say_goodbye(bob);
    world.pass(30s);
    // A later watcher hears it from the store.
    Client& ann = connected(world, "ann");
    Told told(ann);
    watch(world, ann, {"bob"});
    EXPECT_GE(told.last_seen_ms[0], 29'000U);
}

}  // namespace
}  // namespace hubbub::testing
