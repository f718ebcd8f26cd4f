#include "loadgen/plan/layout.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "loadgen/plan/wire_figures.hpp"
#include "plan_fixture.hpp"
#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {
namespace {

using test::plan_of;
using test::small_scenario;

std::shared_ptr<const Plan> plan_with(std::uint32_t online, std::uint32_t devices = 1) {
    Scenario scenario = small_scenario();
    scenario.users = scenario.online = online;
    if (devices > 1) scenario.population.devices_per_user = {{1, 0.5, {}}, {devices, 0.5, {}}};
    return plan_of(std::move(scenario));
}

TEST(Layout, IsOneProcessAsLongAsItHoldsAllConnections) {
    const auto plan = plan_with(2000);
    const auto enough = layout_of(*plan, {.cores = 8}, 2000 + descriptors_beside);
    ASSERT_TRUE(enough);
    EXPECT_EQ(enough->processes, 0U);
    EXPECT_EQ(enough->workers, 4U) << "one for each 500 connections";
    const auto unknown = layout_of(*plan, {.cores = 2}, 0);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->processes, 0U);
    EXPECT_EQ(unknown->workers, 2U);
}

TEST(Layout, IsAsManyProcessesAsDescriptorsAskForAndNoMore) {
    const auto plan = plan_with(2000);
    const auto lacking_one = layout_of(*plan, {.cores = 2}, 1999 + descriptors_beside);
    ASSERT_TRUE(lacking_one);
    EXPECT_EQ(lacking_one->processes, 2U);
    const auto small = layout_of(*plan, {.cores = 2}, 500 + descriptors_beside);
    ASSERT_TRUE(small);
    EXPECT_EQ(small->processes, 5U) << "four would be full to the last connection";
    EXPECT_EQ(small->workers, 5U);
}

TEST(Layout, IsAsWished) {
    const auto plan = plan_with(100);
    const auto wished = layout_of(*plan, {.workers = 4, .processes = 2, .cores = 1}, 1000);
    ASSERT_TRUE(wished);
    EXPECT_EQ(wished->processes, 2U);
    EXPECT_EQ(wished->workers, 4U);
    EXPECT_FALSE(layout_of(*plan, {.processes = 2}, 40 + descriptors_beside)) << "50 connections each";
    EXPECT_FALSE(layout_of(*plan, {}, descriptors_beside)) << "no process has any to spare";
    EXPECT_FALSE(layout_of(*plan, {.processes = worker_processes_max + 1}, 0));
}

RC_GTEST_PROP(Layout, SharesAreAllWorkersOnceAndNoProcessHoldsMoreThanItMay, ()) {
    const auto plan = plan_with(*rc::gen::inRange<std::uint32_t>(101, 800), *rc::gen::inRange(1u, 5u));
    const std::uint64_t descriptors = descriptors_beside + *rc::gen::inRange<std::uint64_t>(20, 1000);
    const auto layout = layout_of(*plan, {.workers = *rc::gen::inRange(0u, 9u), .cores = 2}, descriptors);
    RC_ASSERT(layout.has_value());
    std::uint32_t next = 0, connections = 0;
    for (std::uint32_t p = 0; p < std::max(1U, layout->processes); ++p) {
        const WorkerShare share = layout->share(p);
        RC_ASSERT(share.first == next && share.last > share.first && share.of == layout->workers);
        next = share.last;
        std::uint32_t own = 0;
        for (std::uint32_t w = share.first; w < share.last; ++w) {
            const Slice slice = plan->slice(w, share.of);
            own += slice.last_device - slice.first_device;
        }
        RC_ASSERT(own + descriptors_beside <= descriptors);
        connections += own;
    }
    RC_ASSERT(next == layout->workers);
    RC_ASSERT(connections == plan->online_devices);
}

TEST(WireSizes, AreThoseOfTheFrames) {
    const WireSizes sizes = wire_sizes("hubbub");
    const std::string body(200, 'x');
    std::string payload;
    make_json_codec()->encode(ClientMessage(Send{ConversationId{1, 2}, 100, body}), payload);
    const auto frame = websocket::make_masked_frame(websocket::Opcode::text, payload, 0);
    EXPECT_EQ(sizes.send + 200, static_cast<double>(frame.size()));
    EXPECT_LT(wire_sizes("hubbub-bin").delivery, sizes.delivery);
    EXPECT_EQ(wire_sizes("json-ws").send, 0);
}

}  // namespace
}  // namespace hubbub
