// Who may do what: the whole table, written out.
#include "refserver/core/authority.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace hubbub {
namespace {

constexpr Act acts[] = {Act::send, Act::read,  Act::finish, Act::join,
                        Act::add,  Act::leave, Act::kick,   Act::set_role};
constexpr Standing standings[] = {Standing::stranger, Standing::former, Standing::reader,
                                  Standing::member,   Standing::owner,  Standing::founder};

/// One letter a standing, in the order above: x may.
std::string row(Act act, Openness conversation) {
    std::string out;
    for (const Standing standing : standings) out += may(act, standing, conversation) ? 'x' : '.';
    return out;
}

TEST(Authority, IsThisTable) {
    const std::map<Act, std::string> group = {
        {Act::send, "...xx."}, {Act::read, "..xxx."},  {Act::finish, ".xxxx."}, {Act::join, "..xxx."},
        {Act::add, "....xx"},  {Act::leave, "..xxx."}, {Act::kick, "....xx"},   {Act::set_role, "....xx"},
    };
    for (const Act act : acts) {
        EXPECT_EQ(row(act, {ConversationClass::group, false}), group.at(act)) << static_cast<int>(act);
        EXPECT_EQ(row(act, {ConversationClass::channel, false}), group.at(act)) << static_cast<int>(act);
    }
}

TEST(Authority, OpenOnesAreJoinedByAnybodyAndThatIsAllThatChanges) {
    for (const Act act : acts) {
        const std::string closed = row(act, {ConversationClass::group, false});
        EXPECT_EQ(row(act, {ConversationClass::group, true}), act == Act::join ? "xxxxxx" : closed);
    }
}

TEST(Authority, NobodyComesToTwoPeopleOrIsPutOut) {
    for (const bool open : {false, true}) {
        for (const Act act : {Act::add, Act::kick, Act::set_role})
            EXPECT_EQ(row(act, {ConversationClass::direct, open}), "......");
        EXPECT_EQ(row(Act::join, {ConversationClass::direct, open}), "..xxx.");
        EXPECT_EQ(row(Act::leave, {ConversationClass::direct, open}), "..xxx.");
    }
}

}  // namespace
}  // namespace hubbub
