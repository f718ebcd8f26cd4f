#include "refserver/store/store_meta.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hubbub {
namespace {

using testing::HasSubstr;

StoreMeta reopened(const StoreMeta& last, std::string_view boot, bool damaged = false) {
    return meta_at_open(encode(last), Durability::wal_sync, boot, damaged).value();
}

TEST(StoreMetaAtOpen, BeginsANewStoreWithEpochOne) {
    EXPECT_EQ(meta_at_open(std::nullopt, Durability::wal, "b", false).value(),
              (StoreMeta{store_format, 1, Durability::wal, false, "b"}));
}

TEST(StoreMetaAtOpen, KeepsTheEpochWhereNothingCommittedCanBeMissing) {
    for (const auto durability :
         {Durability::none, Durability::memory, Durability::wal, Durability::wal_sync})
        EXPECT_EQ(reopened({1, 5, durability, true, "a"}, "b").epoch, 5u) << "closed in order";
    EXPECT_EQ(reopened({1, 5, Durability::wal_sync, false, "a"}, "b").epoch, 5u);
    EXPECT_EQ(reopened({1, 5, Durability::wal, false, "a"}, "a").epoch, 5u) << "only the process died";
}

TEST(StoreMetaAtOpen, RaisesTheEpochWhereCommittedEntriesMayBeMissing) {
    EXPECT_EQ(reopened({1, 5, Durability::none, false, "a"}, "a").epoch, 6u);
    EXPECT_EQ(reopened({1, 5, Durability::memory, false, "a"}, "a").epoch, 6u);
    EXPECT_EQ(reopened({1, 5, Durability::wal, false, "a"}, "b").epoch, 6u);
    EXPECT_EQ(reopened({1, 5, Durability::wal, false, ""}, "").epoch, 6u) << "unknown boots are not equal";
    EXPECT_EQ(reopened({1, 5, Durability::wal_sync, true, "a"}, "a", true).epoch, 6u) << "a damaged log";
    EXPECT_EQ(meta_at_open(std::nullopt, Durability::wal, "b", true).value().epoch, 2u);
}

TEST(StoreMetaAtOpen, RefusesAStoreOfANewerProgram) {
    const auto meta = meta_at_open(encode(StoreMeta{store_format + 1, 1, Durability::wal, true, ""}),
                                   Durability::wal, "b", false);
    ASSERT_TRUE(meta.has_error());
    EXPECT_THAT(meta.error().message, HasSubstr("use the newer program"));
}

TEST(StoreMetaAtOpen, RefusesWhatIsNotAMeta) {
    EXPECT_TRUE(meta_at_open("hello", Durability::wal, "b", false).has_error());
}

}  // namespace
}  // namespace hubbub
