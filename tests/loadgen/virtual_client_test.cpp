#include "loadgen/client/virtual_client.hpp"

#include <gtest/gtest.h>

#include "loadgen/client/backoff.hpp"
#include "loadgen/client/error_groups.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

TEST(VirtualClient, IsSmallAtRest) {
    EXPECT_LE(sizeof(VirtualClient), 208U);
}

TEST(VirtualClient, OwnsErrandsOnlyWhileItHasSome) {
    VirtualClient client;
    EXPECT_EQ(client.errands, nullptr);
    client.need_errands().retry_at = Time{1s};
    client.drop_errands_if_done();
    EXPECT_NE(client.errands, nullptr);
    client.errands->retry_at = never;
    client.drop_errands_if_done();
    EXPECT_EQ(client.errands, nullptr);
}

TEST(Errands, KnowACatchUpFromLiveEntries) {
    Errands errands;
    errands.catching_up = {{StreamIndex{1}, 10}, {StreamIndex{2}, 20}};
    EXPECT_TRUE(errands.announced(StreamIndex{1}, 9).caught_up);
    EXPECT_FALSE(errands.announced(StreamIndex{1}, 9).complete);
    EXPECT_TRUE(errands.announced(StreamIndex{1}, 10).complete);
    EXPECT_FALSE(errands.announced(StreamIndex{1}, 10).caught_up);  // it is over
    const auto beyond = errands.announced(StreamIndex{2}, 21);      // its end was left out
    EXPECT_FALSE(beyond.caught_up);
    EXPECT_FALSE(beyond.complete);
    EXPECT_TRUE(beyond.over);
    EXPECT_TRUE(errands.catching_up.empty());
}

TEST(Backoff, GrowsToItsLongestWithFullJitter) {
    Duration largest_first{}, largest_late{};
    for (std::uint64_t who = 0; who < 200; ++who) {
        const Duration first = backoff_delay(1, who, 0, 200ms, 10s);
        const Duration late = backoff_delay(1, who, 30, 200ms, 10s);
        EXPECT_GE(first, 1ms);
        EXPECT_LE(first, 200ms);
        EXPECT_LE(late, 10s);
        largest_first = std::max(largest_first, first);
        largest_late = std::max(largest_late, late);
    }
    EXPECT_GT(largest_first, 150ms);
    EXPECT_GT(largest_late, 9s);
}

TEST(ErrorGroups, AreBounded) {
    ErrorGroups groups;
    for (int i = 0; i < 1000; ++i) groups.count("error " + std::to_string(i));
    groups.count("error 3");
    EXPECT_EQ(groups.all().size(), ErrorGroups::classes_max + 1);
    EXPECT_EQ(groups.all().at("error 3"), 2U);
    EXPECT_EQ(groups.all().at(ErrorGroups::rest), 900U);
}

}  // namespace
}  // namespace hubbub
