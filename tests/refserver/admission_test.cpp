// Sessions that live by tokens: who gets one, when it ends, what a revocation does. The authenticator is a
// table of the test: what signatures are worth is tested in tests/auth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "protocol/token_limits.hpp"
#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Tokens by their text.
struct Register final : Authenticator {
    struct Row {
        std::string user;
        Credentials credentials;
    };
    std::map<std::string, Row, std::less<>> rows;
    [[nodiscard]] AuthVerdict check(std::string_view user, std::string_view token, Time now) const override {
        const auto found = rows.find(token);
        if (found == rows.end()) return {TokenFault::signature, {}};
        if (found->second.user != user) return {TokenFault::subject, {}};
        if (found->second.credentials.expires <= now) return {TokenFault::expired, {}};
        return {TokenFault::none, found->second.credentials};
    }
};

struct Admission : ::testing::Test {
    std::shared_ptr<Register> tokens = std::make_shared<Register>();
    std::unique_ptr<World> world;

    void open(std::uint32_t shards = 1) {
        WorldOptions options;
        options.shards = shards;
        options.server.authenticator = tokens;
        world = std::make_unique<World>(options);
    }
    void issue(const std::string& token, const std::string& user, Duration life, std::int64_t issued = 100,
               std::string id = "") {
        tokens->rows[token] = {user, {world->now() + life, issued, std::move(id)}};
    }
    Client& enter(const std::string& user, const std::string& token, const std::string& device = "d",
                  std::uint32_t shard = 0) {
        Client& client = world->client(user, device);
        client.connect_silently(shard);
        client.say(Hello{user, device, token});
        world->settle();
        return client;
    }
};

TEST_F(Admission, TakesAUserWithHisToken) {
    open();
    issue("a", "ann", 1h);
    EXPECT_THAT(enter("ann", "a").welcomes, SizeIs(1));
    EXPECT_EQ(world->counters().auths[0].get(), 1U);
}

TEST_F(Admission, RefusesAForgedAForeignAndAMissingTokenAlike) {
    open();
    issue("b", "bob", 1h);
    std::vector<std::string> devices = {"forged", "foreign", "missing"};
    const std::vector<std::string> with = {"no such token", "b", ""};
    for (std::size_t i = 0; i < devices.size(); ++i) {
        Client& ann = enter("ann", with[i], devices[i]);
        EXPECT_THAT(ann.welcomes, IsEmpty());
        EXPECT_EQ(ann.close_code, traits(ErrorCode::unauthenticated).close_code) << devices[i];
        ASSERT_THAT(ann.rejected, SizeIs(1));
        EXPECT_EQ(ann.rejected[0].code, ErrorCode::unauthenticated);
    }
    EXPECT_EQ(world->counters().sessions.get(), 0U);
}

TEST_F(Admission, TellsAnExpiredTokenToComeBackWithANewOne) {
    open();
    issue("a", "ann", 0s);
    Client& ann = enter("ann", "a");
    EXPECT_EQ(ann.close_code, traits(ErrorCode::expired).close_code);
    EXPECT_TRUE(may_reconnect_after(ann.close_code));
}

TEST_F(Admission, EndsALiveSessionWhenItsTokenEndsThoughItShowsLife) {
    open();
    issue("a", "ann", 20s);
    Client& ann = enter("ann", "a");
    for (int i = 0; i < 19; ++i) {
        world->pass(1s);
        ann.say(Beat{});
    }
    world->settle(1ms);
    EXPECT_TRUE(ann.connected());
    world->pass(1100ms);
    EXPECT_EQ(ann.close_code, traits(ErrorCode::expired).close_code);
}

TEST_F(Admission, EndsASessionWithItsTokenThoughItWasQuietBefore) {
    open();
    issue("a", "ann", 14s);
    Client& ann = enter("ann", "a");
    world->pass(2 * limits::beat_interval + 1s);
    ann.say(Beat{});
    world->pass(2s);
    EXPECT_TRUE(ann.connected());
    world->pass(1100ms);
    EXPECT_EQ(ann.close_code, traits(ErrorCode::expired).close_code);
}

TEST_F(Admission, ANewTokenKeepsTheSessionAlive) {
    open();
    issue("a", "ann", 4s);
    Client& ann = enter("ann", "a");
    issue("a2", "ann", 10s);
    ann.say(RefreshToken{7, "a2"});
    world->pass(5s);
    EXPECT_TRUE(ann.connected());
    EXPECT_EQ(world->counters().tokens_renewed.get(), 1U);
    world->pass(6s);
    EXPECT_EQ(ann.close_code, traits(ErrorCode::expired).close_code);
}

TEST_F(Admission, ARefusedNewTokenChangesNothing) {
    open();
    issue("a", "ann", 4s);
    issue("b", "bob", 1h);
    Client& ann = enter("ann", "a");
    for (const char* token : {"b", "no such token"}) ann.say(RefreshToken{7, token});
    world->settle();
    ASSERT_THAT(ann.rejected, SizeIs(2));
    for (const Rejected& rejected : ann.rejected) {
        EXPECT_EQ(rejected.code, ErrorCode::unauthenticated);
        EXPECT_EQ(rejected.id, 7U);
    }
    EXPECT_TRUE(ann.connected());
    world->pass(5s);
    EXPECT_EQ(ann.close_code, traits(ErrorCode::expired).close_code);
}

TEST_F(Admission, AnOpenServerTakesEverybodyAndAnyNewToken) {
    world = std::make_unique<World>();
    Client& ann = enter("ann", "whatever");
    ann.say(RefreshToken{7, "whatever"});
    world->settle();
    EXPECT_THAT(ann.welcomes, SizeIs(1));
    EXPECT_THAT(ann.rejected, IsEmpty());
}

TEST_F(Admission, ARevokedTokenEndsItsSessionsOnEveryShardAndNoOthers) {
    open(2);
    issue("a", "ann", 1h, 100, "t1");
    issue("a2", "ann", 1h, 100, "t2");
    Client& phone = enter("ann", "a", "phone", 0);
    Client& laptop = enter("ann", "a", "laptop", 1);
    Client& tablet = enter("ann", "a2", "tablet", 1);
    for (std::uint32_t shard = 0; shard < 2; ++shard)
        world->shard(shard).mail(RevokeMail{{"t1", "", 0}}, world->now());
    world->settle();
    for (Client* client : {&phone, &laptop}) {
        EXPECT_EQ(client->close_code, traits(ErrorCode::revoked).close_code);
        EXPECT_FALSE(may_reconnect_after(client->close_code));
    }
    EXPECT_TRUE(tablet.connected());
    EXPECT_EQ(enter("ann", "a", "again").close_code, traits(ErrorCode::revoked).close_code);
    EXPECT_THAT(enter("ann", "a2", "fresh").welcomes, SizeIs(1));
}

TEST_F(Admission, ARevokedUserIsOutUntilATokenThatIsIssuedLater) {
    open();
    issue("old", "ann", 1h, 100);
    issue("new", "ann", 1h, 101);
    issue("b", "bob", 1h, 50);
    Client& ann = enter("ann", "old");
    Client& bob = enter("bob", "b");
    world->shard(0).mail(RevokeMail{{"", "ann", 100}}, world->now());
    world->settle();
    EXPECT_EQ(ann.close_code, traits(ErrorCode::revoked).close_code);
    EXPECT_TRUE(bob.connected());
    EXPECT_EQ(enter("ann", "old", "d2").close_code, traits(ErrorCode::revoked).close_code);
    EXPECT_THAT(enter("ann", "new", "d3").welcomes, SizeIs(1));
}

TEST(Revocations, ThatAreFullRefuseNewOnesAndForgetOnlyWhatHasEnded) {
    Revocations list;
    const Time begin{};
    for (std::size_t i = 0; i < limits::revocations_max; ++i)
        ASSERT_TRUE(list.add({"t" + std::to_string(i), "", 0}, begin, begin + 1h));
    EXPECT_FALSE(list.add({"one more", "", 0}, begin, begin + 1h));
    EXPECT_TRUE(list.covers("ann", {never, 0, "t7"}));
    EXPECT_TRUE(list.add({"one more", "", 0}, begin + 1h, begin + 2h));
    EXPECT_FALSE(list.covers("ann", {never, 0, "t7"}));
    EXPECT_TRUE(list.covers("ann", {never, 0, "one more"}));
}

}  // namespace
}  // namespace hubbub::testing
