#include "loadgen/runner/dialing.hpp"

#include <gmock/gmock.h>

#include <set>

#include "loadgen/plan/figures.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::test {
namespace {

TEST(Dialing, TakesOneLoopbackAddressForEveryFewThousandConnections) {
    const auto plan = make_small_plan({.users = 4500});
    const std::vector<std::string> urls = {"ws://127.0.0.1:9/chat", "ws://127.0.0.1:10/chat"};
    const auto options = dialing(*plan, urls);
    ASSERT_TRUE(options.has_value()) << options.error().message;
    std::set<std::string> addresses;
    for (const Address& source : options->sources) addresses.insert(source.text());
    EXPECT_THAT(addresses,
                testing::ElementsAre(testing::StartsWith("127.0.0.1"), testing::StartsWith("127.0.0.2"),
                                     testing::StartsWith("127.0.0.3")));
    EXPECT_EQ(addresses.size(), source_addresses(*plan, {{}, false, urls})) << "as `hubbub plan` says";
    EXPECT_EQ(options->endpoints.size(), 2U);
    EXPECT_THAT(options->endpoints[0].subprotocols, testing::ElementsAre("hubbub.v1.json"));
}

TEST(Dialing, LeavesTheAddressToTheKernelWhereTheTargetIsElsewhere) {
    const auto plan = make_small_plan({.users = 4500});
    const auto options = dialing(*plan, {"ws://127.0.0.1:9/chat", "ws://10.1.2.3:9/chat"});
    ASSERT_TRUE(options.has_value());
    EXPECT_THAT(options->sources, testing::IsEmpty());
}

TEST(Dialing, SaysWhatDoesNotResolve) {
    const auto options = dialing(*make_small_plan(), {"http://127.0.0.1:9/"});
    ASSERT_TRUE(options.has_error());
    EXPECT_THAT(options.error().message, testing::HasSubstr("http://127.0.0.1:9/"));
}

}  // namespace
}  // namespace hubbub::test
