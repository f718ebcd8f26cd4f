// Backups of an open store, and the checks before a restore.
#include "refserver/store/rocksdb_backup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/refserver/rocksdb_session.hpp"
#include "tests/refserver/temporary_directory.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class RocksDbBackup : public testing::Test {
  protected:
    /// `pairs` reported batches in an open store, then a backup of it.
    void make(int pairs, Durability durability = Durability::wal_sync) {
        session.emplace(RocksDbOptions{path("live"), durability});
        for (int number = 0; number < pairs; ++number) session->put_pair(number);
        session->settle();
        const auto made = make_backup(session->store(), path("backups"), "one");
        ASSERT_TRUE(made.has_value()) << made.error().message;
        EXPECT_EQ(made->path, path("backups/one"));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return directory.path() + "/" + name; }
    [[nodiscard]] std::string refusal(const std::string& to) const {
        const auto restored = restore_backup(path("backups/one"), to, 1);
        return restored.has_value() ? "" : restored.error().message;
    }

    const TemporaryDirectory directory;
    std::optional<RocksDbSession> session;
};

TEST_F(RocksDbBackup, HoldsWhatWasReportedBeforeWhateverTheDurability) {
    for (const Durability durability : {Durability::memory, Durability::wal, Durability::wal_sync}) {
        SCOPED_TRACE(name(durability));
        make(20, durability);
        session->put_pair(20);  // afterwards: not in it
        session->settle();
        const auto restored = restore_backup(path("backups/one"), path("restored"), 1);
        ASSERT_TRUE(restored.has_value()) << restored.error().message;
        {
            const RocksDbSession again({path("restored"), durability});
            EXPECT_EQ(again.whole_pairs(21), 20);
            EXPECT_EQ(again.log().text(), "") << "it opens without a word";
        }
        session.reset();
        for (const char* each : {"live", "backups", "restored"}) fs::remove_all(path(each));
    }
}

TEST_F(RocksDbBackup, ARestoredStoreHasAnEpochThatNobodyHasSeen) {
    make(1);
    const Epoch before = session->meta().epoch;
    const auto first = restore_backup(path("backups/one"), path("first"), 1);
    ASSERT_TRUE(first.has_value()) << first.error().message;
    EXPECT_EQ(first->epoch, before + 1) << "above the backup's, whatever the caller says";
    const auto second = restore_backup(path("backups/one"), path("second"), 1'700'000'000);
    ASSERT_TRUE(second.has_value()) << second.error().message;
    EXPECT_EQ(second->epoch, 1'700'000'000U) << "and not another restore's";
    const RocksDbSession opened({path("second"), Durability::wal});
    EXPECT_EQ(opened.meta().epoch, 1'700'000'000U) << "opening it changes nothing more";
}

TEST_F(RocksDbBackup, IsNotMadeTwiceUnderOneName) {
    make(1);
    const auto again = make_backup(session->store(), path("backups"), "one");
    ASSERT_TRUE(again.has_error());
    EXPECT_THAT(again.error().message, HasSubstr("is there already"));
    EXPECT_FALSE(fs::exists(path("backups/one.partial")));
}

TEST_F(RocksDbBackup, IsNeverRestoredOverAStore) {
    make(1);
    fs::create_directory(path("full"));
    std::ofstream(path("full/file")) << "mine";
    EXPECT_THAT(refusal(path("full")), HasSubstr("is not empty"));
    EXPECT_TRUE(fs::exists(path("full/file")));
    fs::create_directory(path("empty"));
    EXPECT_EQ(refusal(path("empty")), "") << "an empty folder is as good as none";
    EXPECT_THAT(refusal(path("empty")), HasSubstr("is not empty")) << "now it is one";
}

TEST_F(RocksDbBackup, RefusesABackupThatIsNotWhole) {
    make(1);
    session.reset();
    const fs::path store = path("backups/one/store");
    fs::path table;
    for (const auto& file : fs::directory_iterator(store))
        if (file.path().extension() == ".sst") table = file.path();
    ASSERT_FALSE(table.empty());

    fs::rename(table, path("aside"));
    EXPECT_THAT(refusal(path("to")), HasSubstr("is not whole"));
    fs::copy(path("aside"), table);
    {
        std::fstream damaged(table, std::ios::in | std::ios::out | std::ios::binary);
        damaged.seekp(20);
        damaged.put('\x5a').put('\x5a').put('\x5a');
    }
    EXPECT_NE(refusal(path("to")), "") << "a flipped byte";
    fs::copy_file(path("aside"), table, fs::copy_options::overwrite_existing);
    fs::rename(path("backups/one/BACKUP"), path("manifest"));
    EXPECT_THAT(refusal(path("to")), HasSubstr("is not a backup of hubbub"));
    EXPECT_FALSE(fs::exists(path("to"))) << "what was refused leaves nothing";
    EXPECT_FALSE(fs::exists(path("to.partial")));
    fs::rename(path("manifest"), path("backups/one/BACKUP"));
    EXPECT_EQ(refusal(path("to")), "");
}

}  // namespace
}  // namespace hubbub
