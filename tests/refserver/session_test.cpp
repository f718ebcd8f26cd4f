// Who a connection is: hello, and one session a device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Session, TheFirstMessageMustBeHello) {
    World world;
    Client& ann = world.client("ann");
    ann.connect_silently(0);
    ann.say(Beat{});
    world.settle();
    EXPECT_THAT(ann.order, ElementsAre("rejected", "close"));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::unauthenticated);
    EXPECT_EQ(ann.close_code, 3501);
}

TEST(Session, ASecondHelloIsABadMessage) {
    World world;
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.say(Hello{"bob", "d", ""});
    world.settle();
    EXPECT_EQ(ann.close_code, 3500);
}

TEST(Session, ASecondSessionOfADeviceEndsTheFirst) {
    World world;
    Client& first = world.client("ann", "d");
    first.connect(0);
    world.settle();
    // The same device by another client object, which the world keeps under another name.
    Client& second = world.client("other", "d");
    second.connect_silently(0);
    second.say(Hello{"ann", "d", ""});
    world.settle();
    EXPECT_EQ(first.close_code, 3502);
    EXPECT_FALSE(first.connected());
    EXPECT_TRUE(second.connected());
    EXPECT_EQ(world.total(&ShardCounters::replaced), 1U);
}

TEST(Session, ASessionIsReplacedAcrossShardsAndAUsersOtherDevicesAreNot) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        World world({.shards = 3, .seed = seed});
        Client& first = world.client("ann", "d");
        Client& phone = world.client("ann", "phone");
        first.connect(0);
        phone.connect(1);
        world.settle();
        Client& second = world.client("other", "d");
        second.connect_silently(2);
        second.say(Hello{"ann", "d", ""});
        world.settle();
        EXPECT_EQ(first.close_code, 3502);
        EXPECT_TRUE(second.connected());
        EXPECT_TRUE(phone.connected());
        // The late end of the first session must not forget the second one.
        Client& third = world.client("third", "d");
        third.connect_silently(1);
        third.say(Hello{"ann", "d", ""});
        world.settle();
        EXPECT_EQ(second.close_code, 3502);
        EXPECT_TRUE(third.connected());
    }
}

TEST(Session, ABodyThatIsTooLongIsRefusedAloneAndDoesNotConsumeN) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.send(c, 1, std::string(limits::body_bytes_max + 1, 'x'));
    ann.send(c, 1, std::string(limits::body_bytes_max, 'x'));
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::too_large);
    EXPECT_EQ(ann.rejected[0].conversation, c);
    EXPECT_EQ(ann.rejected[0].number, 1U);
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
    EXPECT_TRUE(ann.connected());
}

}  // namespace
}  // namespace hubbub::testing
