// The files of users and conversations that are there already, and the plan that is made of them.
#include "loadgen/scenario/reused_setup.hpp"

#include <gmock/gmock.h>

#include "loadgen/plan/plan.hpp"
#include "loadgen/scenario/trace_file.hpp"
#include "protocol/codec.hpp"

namespace hubbub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string id_1 = "AAAAAAAAAAAAAAAAAAAAAQ", id_2 = "AAAAAAAAAAAAAAAAAAAAAg";
const std::string head = "id,class,members\n";

Result<ReusedSetup> parsed(const std::string& users, const std::string& conversations) {
    return parse_reused({"users.csv", users}, {"rooms.csv", conversations});
}
std::string error_of(const std::string& users, const std::string& conversations) {
    const auto result = parsed(users, conversations);
    return result.has_value() ? "" : result.error().message;
}

TEST(ReusedSetup, IsReadWithItsMembersInTheOrderOfTheUsers) {
    const auto setup =
        parsed("user\nann\nbob\ncem\n", head + id_1 + ",group,cem,ann,bob\n" + id_2 + ",direct,bob,ann");
    ASSERT_TRUE(setup.has_value()) << setup.error().message;
    EXPECT_THAT(setup->users, ElementsAre("ann", "bob", "cem"));
    EXPECT_TRUE(setup->tokens.empty());
    ASSERT_EQ(setup->conversations.size(), 2U);
    EXPECT_EQ(to_string(setup->conversations[1].id), id_2);
    EXPECT_EQ(setup->conversations[1].kind, ConversationClass::direct);
    EXPECT_EQ(setup->conversations[1].line, 3U);
    EXPECT_THAT(setup->members, ElementsAre(0, 1, 2, 0, 1));
    EXPECT_EQ(setup->user_from("cem"), 2U);
    EXPECT_FALSE(setup->user_from("ce"));
    EXPECT_FALSE(setup->user_from("zoe"));
}

TEST(ReusedSetup, TakesTokensQuotesAndTheLineEndsOfOtherSystems) {
    const auto setup = parsed(
        "user,token\r\n\"Ann, the \"\"second\"\"\",t1\r\nb\xC3\xB6"
        "b,t2\r\n",
        head + id_1 +
            ",direct,b\xC3\xB6"
            "b,\"Ann, the \"\"second\"\"\"\r\n");
    ASSERT_TRUE(setup.has_value()) << setup.error().message;
    EXPECT_EQ(setup->users[0], "Ann, the \"second\"");
    EXPECT_THAT(setup->tokens, ElementsAre("t1", "t2"));
    EXPECT_THAT(setup->members, ElementsAre(0, 1));
    for (const std::string& user : setup->users) {
        const auto again = parsed("user\n" + csv_field(user) + "\nzoe\n", head + id_1 + ",group,zoe\n");
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(again->users[0], user) << "what is written is read again";
    }
}

TEST(ReusedSetup, SaysWhereAFileIsWrongAndWhatItExpects) {
    const std::string users = "user\nann\nbob\n", rooms = head + id_1 + ",group,ann\n";
    const std::vector<std::array<std::string, 3>> cases = {
        {"", rooms, "users.csv:1:1: expected the header"},
        {"name\nann\n", rooms, "users.csv:1:1: expected the header"},
        {"user\n", rooms, "users.csv:1:1: a file without users"},
        {"user\nann\n\n", rooms, "users.csv:3:1: expected a user's name"},
        {"user\nann,x\n", rooms, "users.csv:2:1: a field too many"},
        {"user\n\"ann\n", rooms, "users.csv:2:1: expected a field"},
        {"user\n\"ann\"x\n", rooms, "users.csv:2:1: expected a field"},
        {"user\nan\"n\n", rooms, "users.csv:2:1: expected a field"},
        {"user\n" + std::string(65, 'x') + "\n", rooms, "users.csv:2:1: expected a user's name"},
        {"user\na\x01n\n", rooms, "users.csv:2:1: expected a user's name"},
        {"user\n\xFF\n", rooms, "users.csv:2:1: expected a user's name"},
        {"user\nann\nbob\nann\n", rooms, "users.csv:4:1: user 'ann' stands in line 2 already"},
        {"user,token\nann\n", rooms, "users.csv:2:1: expected a token"},
        {"user,token\nann,\n", rooms, "users.csv:2:5: expected a token"},
        {users, "", "rooms.csv:1:1: expected the header"},
        {users, head, "rooms.csv:1:1: a file without conversations"},
        {users, head + "x,group,ann\n", "rooms.csv:2:1: expected a conversation's id"},
        {users, head + id_1 + "\n", "rooms.csv:2:1: expected direct, group or channel"},
        {users, head + id_1 + ",room,ann\n", "rooms.csv:2:24: expected direct, group or channel"},
        {users, head + id_1 + ",group\n", "rooms.csv:2:24: expected members"},
        {users, head + id_1 + ",group,ann,zoe\n", "rooms.csv:2:34: user 'zoe' is not in the file of users"},
        {users, head + id_1 + ",group,ann,bob,ann\n", "user 'ann' is a member twice"},
        {users, head + id_1 + ",direct,ann\n", "a direct conversation has 2 members, not 1"},
        {users, rooms + rooms.substr(head.size()), "rooms.csv:3:1: conversation " + id_1},
    };
    EXPECT_EQ(error_of(users, rooms), "");
    for (const auto& [with_users, with_rooms, says] : cases)
        EXPECT_THAT(
            error_of(with_users, with_rooms),
            StartsWith(says.starts_with("user '") || says.starts_with("a direct") ? "rooms.csv:2:" : says))
            << with_users << with_rooms;
    for (const auto& [with_users, with_rooms, says] : cases)
        EXPECT_THAT(error_of(with_users, with_rooms), HasSubstr(says));
}

TEST(ReusedSetup, NeverShowsATokenAndIsBounded) {
    EXPECT_THAT(error_of("user,token\nann,se\"cret\n", head), testing::Not(HasSubstr("cret")));
    EXPECT_THAT(error_of(std::string(trace_bytes_max + 1, 'x'), head), HasSubstr("longer than 32 MiB"));
    EXPECT_THAT(error_of("user\nann\n", std::string(trace_bytes_max + 1, 'x')),
                HasSubstr("longer than 32 MiB"));
}

constexpr const char* scenario_text = R"(version: 1
target:
  endpoints: [ws://127.0.0.1:1/chat]
  setup: {conversations: reuse, members: rooms.csv}
behaviors:
  all: {share: 100%, send: {to: {group: 100%}}}
load:
  - {phase: connect, ramp: 100/s, until: population}
  - {phase: steady, for: 1s, messages: 5/s}
  - {phase: drain, settle: 1s}
)";

LoadOptions files(const std::string& rooms = head + id_1 + ",group,cem,ann\n") {
    LoadOptions options;
    options.read_file = [rooms](const std::string& path) -> Result<std::string> {
        if (path == "folder/users.csv") return std::string("user\nann\nbob\ncem\n");
        if (path == "folder/rooms.csv") return rooms;
        return fail("cannot be opened");
    };
    return options;
}

TEST(ReusedPlan, HasTheUsersAndMembersOfTheFilesAndDevicesOfItsOwnRun) {
    auto scenario = load_scenario_text(scenario_text, "folder/x.yaml", files());
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    EXPECT_EQ(scenario->users, 3U);
    const auto plan = make_plan(std::make_shared<const Scenario>(std::move(*scenario)));
    ASSERT_TRUE(plan.has_value()) << plan.error().message;
    const Plan& made = **plan;
    EXPECT_THAT(made.members_of(ConversationIndex{0}), ElementsAre(UserIndex{0}, UserIndex{2}));
    EXPECT_EQ(made.user_name(UserIndex{2}), "cem");
    EXPECT_EQ(made.user_from("cem"), UserIndex{2});
    EXPECT_FALSE(made.user_from("u2"));
    const std::string device = made.device_name(DeviceIndex{2}, 7);
    EXPECT_NE(device, made.device_name(DeviceIndex{2}, 8)) << "an earlier run's numbers are not this one's";
    EXPECT_EQ(made.device_from(UserIndex{2}, device, 7), DeviceIndex{2});
    EXPECT_FALSE(made.device_from(UserIndex{2}, device, 8));
    EXPECT_FALSE(made.device_from(UserIndex{2}, "d0", 7));
}

TEST(ReusedPlan, IsAnotherScenarioWhenTheFilesChange) {
    const auto one = load_scenario_text(scenario_text, "folder/x.yaml", files());
    const auto other =
        load_scenario_text(scenario_text, "folder/x.yaml", files(head + id_1 + ",group,bob,ann\n"));
    ASSERT_TRUE(one.has_value() && other.has_value());
    EXPECT_NE(one->text_hash, other->text_hash);
}

TEST(ReusedPlan, RefusesWhatContradictsTheFilesOrCannotBeDone) {
    const auto says = [](const std::string& more, const std::string& less = "") {
        std::string text = scenario_text;
        if (!less.empty())
            text.replace(text.find(less), less.size(), more);
        else
            text += more;
        const auto scenario = load_scenario_text(text, "folder/x.yaml", files());
        return scenario.has_value() ? std::string() : scenario.error().message;
    };
    EXPECT_EQ(says("population: {users: 3}\ntopology: [{class: group, count: 1, size: {min: 2, max: 4}}]\n"),
              "");
    EXPECT_THAT(says("population: {users: 4}\n"), HasSubstr("4, but the reused file lists 3"));
    EXPECT_THAT(says("topology: [{class: group, count: 2, size: 2}]\n"), HasSubstr("lists 1"));
    EXPECT_THAT(says("topology: [{class: group, count: 1, size: 3}]\n"), HasSubstr("folder/rooms.csv:2"));
    EXPECT_THAT(says("none.csv", "rooms.csv"), HasSubstr("'folder/none.csv': cannot be opened"));
    EXPECT_THAT(says("  all: {share: 100%, membership: {churn: 1%/s}, ", "  all: {share: 100%, "),
                HasSubstr("membership"));
    EXPECT_THAT(says("create", "reuse"), HasSubstr("only `conversations: reuse` reads it"));
    EXPECT_THAT(says("  adapter: json-ws\n  mapping: x.json\n  endpoints", "  endpoints"),
                HasSubstr("nothing can be reused"));
    EXPECT_THAT(says("{direct: 100%}", "{group: 100%}"), HasSubstr("no conversation of this class"));
}

}  // namespace
}  // namespace hubbub
