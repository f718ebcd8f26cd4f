#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/limits.hpp"
#include "refserver/core/keys.hpp"

namespace hubbub {
namespace {

rc::Gen<std::string> any_name() {
    return rc::gen::suchThat(rc::gen::string<std::string>(), &keys::storable_name);
}

rc::Gen<ConversationId> any_id() {
    // Few values and the extremes: neighbours and carries are where ranges go wrong.
    const auto half = rc::gen::element<std::uint64_t>(0, 1, 0xff, 0x0100, UINT64_MAX - 1, UINT64_MAX);
    return rc::gen::construct<ConversationId>(half, half);
}

bool within(const keys::Range& range, const std::string& key) {
    return range.from <= key && key < range.to;
}

TEST(Keys, RefuseNamesThatWouldRunIntoTheNextField) {
    EXPECT_FALSE(keys::storable_name(""));
    EXPECT_FALSE(keys::storable_name(std::string_view("a\0b", 3)));
    EXPECT_FALSE(keys::storable_name(std::string(limits::name_bytes_max + 1, 'a')));
    EXPECT_TRUE(keys::storable_name(std::string(limits::name_bytes_max, 'a')));
    EXPECT_TRUE(keys::storable_name("\xff\x01 ada"));
}

RC_GTEST_PROP(Keys, GiveBackWhatTheyWereMadeOf, ()) {
    const ConversationId id = *any_id();
    const Sequence sequence = *rc::gen::arbitrary<Sequence>();
    const std::string user = *any_name(), device = *any_name();

    RC_ASSERT(keys::conversation_of(keys::conversation(id)) == id);
    RC_ASSERT(keys::sequence_of(keys::entry(id, sequence)) == sequence);
    RC_ASSERT(keys::user_of(keys::member(id, user)) == std::string_view(user));
    RC_ASSERT(keys::conversation_of_user(keys::user_conversation(user, id)) == id);
    const std::string sender_key = keys::sender(id, user, device);
    const auto sender = keys::sender_of(sender_key);
    RC_ASSERT(sender.has_value());
    RC_ASSERT(sender->user == user);
    RC_ASSERT(sender->device == device);
}

RC_GTEST_PROP(Keys, OfEntriesSortInLogOrderWithinAConversation, ()) {
    const ConversationId one = *any_id(), other = *any_id();
    const auto q = *rc::gen::arbitrary<Sequence>(), r = *rc::gen::arbitrary<Sequence>();
    RC_ASSERT((keys::entry(one, q) < keys::entry(one, r)) == (q < r));
    if (one != other) RC_ASSERT((keys::entry(one, q) < keys::entry(other, r)) == (one < other));
}

RC_GTEST_PROP(Keys, RangesHoldTheirOwnKeysAndNoOthers, ()) {
    const ConversationId id = *any_id(), other = *any_id();
    const std::string user = *any_name(), someone = *any_name();
    RC_PRE(id != other && user != someone);

    RC_ASSERT(within(keys::members(id), keys::member(id, user)));
    RC_ASSERT(!within(keys::members(id), keys::member(other, user)));
    RC_ASSERT(within(keys::senders(id), keys::sender(id, user, someone)));
    RC_ASSERT(!within(keys::senders(id), keys::sender(other, user, someone)));
    RC_ASSERT(within(keys::user_conversations(user), keys::user_conversation(user, id)));
    RC_ASSERT(!within(keys::user_conversations(user), keys::user_conversation(someone, id)));
    RC_ASSERT(within(keys::conversations(), keys::conversation(id)));
    RC_ASSERT(!within(keys::conversations(), keys::entry(id, 1)));
}

TEST(Keys, TheRangeOfEntriesHoldsBothItsEnds) {
    const ConversationId id{1, UINT64_MAX};
    const keys::Range range = keys::entries(id, 5, 255);
    EXPECT_FALSE(within(range, keys::entry(id, 4)));
    EXPECT_TRUE(within(range, keys::entry(id, 5)));
    EXPECT_TRUE(within(range, keys::entry(id, 255)));
    EXPECT_FALSE(within(range, keys::entry(id, 256)));
    EXPECT_TRUE(within(keys::entries(id, 1, UINT64_MAX), keys::entry(id, UINT64_MAX - 1)));
}

TEST(Keys, TheRangeOfAUserLeavesOutNamesItIsAPrefixOf) {
    const ConversationId id{7, 7};
    EXPECT_FALSE(within(keys::user_conversations("ann"), keys::user_conversation("anna", id)));
    EXPECT_NE(keys::sender(id, "a", "bc"), keys::sender(id, "ab", "c"));
    EXPECT_NE(keys::created("a", "bc"), keys::created("ab", "c"));
}

TEST(Keys, OfOneKindAreNotTakenForAnother) {
    const ConversationId id{1, 2};
    EXPECT_FALSE(keys::conversation_of(keys::entry(id, 1)).has_value());
    EXPECT_FALSE(keys::sequence_of(keys::conversation(id)).has_value());
    EXPECT_FALSE(keys::sequence_of(keys::member(id, "12345678")).has_value());
    EXPECT_FALSE(keys::user_of(keys::sender(id, "a", "b")).has_value());
    EXPECT_FALSE(keys::sender_of(keys::member(id, "a")).has_value());
    EXPECT_FALSE(keys::conversation_of_user(keys::conversation(id)).has_value());
    EXPECT_FALSE(keys::conversation_of(keys::meta()).has_value());
}

}  // namespace
}  // namespace hubbub
