// Receipts that meet a full queue: the list that would have to show them is refused, and says when to ask
// again; said again they are in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Everything that `speaker` says here arrives together.
void say_all(Client& speaker, const std::vector<ClientMessage>& messages) {
    for (const ClientMessage& message : messages) speaker.say(message);
}

TEST(ReceiptsList, IsRefusedAsOverloadedWhereAReceiptBeforeItIsGone) {
    std::uint32_t refused = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        World world{{.shards = 2, .seed = seed, .mailbox_mails_max = 8}};
        const ConversationId c = world.conversation("k", {"ann", "bob"});
        Client& ann = world.client("ann");
        Client& bob = world.client("bob");
        for (Client* const one : {&ann, &bob}) {
            one->connect(one == &ann ? 0 : 1);
            one->resume({});
            world.settle();
        }
        for (WireNumber n = 1; n <= 4; ++n) {
            ann.send(c, n, "x");  // entries 2 to 5
            world.settle();
        }
        for (Client* const one : {&ann, &bob}) {
            one->rejected.clear();
            one->receipt_lists.clear();
            std::vector<ClientMessage> much(12, Receipt{c, 3, 2});
            much.emplace_back(Receipt{c, 5, 4});
            much.emplace_back(ListReceipts{90, c});
            say_all(*one, much);
            world.settle();
            const Marks all{c, one->user, 5, 4};
            if (one->rejected.empty()) {
                ASSERT_THAT(one->receipt_lists, SizeIs(1)) << "seed " << seed;
                EXPECT_THAT(one->receipt_lists[0], Contains(all)) << "a list shows what was said before it";
                continue;
            }
            ++refused;
            EXPECT_THAT(one->receipt_lists, IsEmpty());
            ASSERT_THAT(one->rejected, SizeIs(1)) << "seed " << seed;
            EXPECT_EQ(one->rejected[0].code, ErrorCode::overloaded);
            EXPECT_EQ(one->rejected[0].id, 90U);
            EXPECT_GT(one->rejected[0].retry_after_ms, 0U) << "it says when to come back";
            // Said again and asked again: now it is there.
            say_all(*one, {Receipt{c, 5, 4}, ListReceipts{91, c}});
            world.settle();
            ASSERT_THAT(one->receipt_lists, SizeIs(1)) << "seed " << seed;
            EXPECT_THAT(one->receipt_lists[0], Contains(all));
        }
    }
    EXPECT_GT(refused, 0U) << "no queue was ever full";
}

TEST(ReceiptsList, SaysWhenToAskAgainWhereTooManyAsk) {
    World world{{.shards = 1, .commit_latency = 50ms}};
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.resume({});
    world.settle();
    ann.send(c, 1, "x");
    world.settle();
    ann.say(Receipt{c, 2, 2});
    for (RequestId id = 1; id <= limits::receipts_changed_max + 1; ++id) ann.say(ListReceipts{id, c});
    world.settle();
    ASSERT_FALSE(ann.rejected.empty());
    for (const Rejected& one : ann.rejected) {
        EXPECT_EQ(one.code, ErrorCode::overloaded);
        EXPECT_GT(one.retry_after_ms, 0U);
    }
}

}  // namespace
}  // namespace hubbub::testing
