// The live store in trouble: used twice, from the future, with a damaged log, with a disk that fails to sync.
#include "refserver/store/rocksdb_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "base/random.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "tests/refserver/rocksdb_session.hpp"
#include "tests/refserver/temporary_directory.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// ---- refusals

TEST(RocksDbStore, SaysThatAnotherProcessHasIt) {
    const TemporaryDirectory directory;
    const RocksDbSession session({directory.path(), Durability::wal});
    SilentLog log;
    const auto second = RocksDbStore::open({directory.path(), Durability::wal}, {}, log);
    ASSERT_TRUE(second.has_error());
    EXPECT_THAT(second.error().message, HasSubstr("is in use by another process"));
}

TEST(RocksDbStore, RefusesAStoreOfANewerProgramAndLeavesItAsItWas) {
    const TemporaryDirectory directory, scratch;
    RocksDbSession session({directory.path(), Durability::wal});
    session.put(keys::meta(), encode(StoreMeta{2, 1, Durability::wal, true, ""}));
    session.settle();
    // The copy keeps the future's meta; an orderly close would write ours over it.
    const std::string copy = copy_while_open(session, scratch).string();
    SilentLog log;
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto opened = RocksDbStore::open({copy, Durability::wal}, {}, log);
        ASSERT_TRUE(opened.has_error());
        EXPECT_THAT(opened.error().message, HasSubstr("format 2"));
        EXPECT_THAT(opened.error().message, HasSubstr(copy));
    }
}

TEST(RocksDbStore, SaysWhereItCannotBeMade) {
    SilentLog log;
    const auto opened = RocksDbStore::open({"/proc/hubbub-store", Durability::wal}, {}, log);
    ASSERT_TRUE(opened.has_error());
    EXPECT_THAT(opened.error().message, HasSubstr("/proc/hubbub-store"));
}

TEST(RocksDbStore, RaisesTheEpochOfARestoredBackup) {
    const TemporaryDirectory directory;
    { RocksDbSession({directory.path(), Durability::wal_sync}).put("k", "v"); }
    RocksDbOptions restored{directory.path(), Durability::wal_sync};
    restored.positions_lost = true;
    EXPECT_EQ(RocksDbSession(restored).meta().epoch, 2u);
    EXPECT_EQ(RocksDbSession({directory.path(), Durability::wal_sync}).meta().epoch, 2u) << "once";
}

// ---- a disk that fails to sync

/// Log files whose sync fails while `failing` is set.
class FailingLogFile final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    FailingLogFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::atomic<bool>& failing)
        : FSWritableFileOwnerWrapper(std::move(file)), failing_(failing) {}
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
        if (failing_) return rocksdb::IOStatus::IOError("injected: sync failed");
        return FSWritableFileOwnerWrapper::Sync(options, context);
    }

  private:
    const std::atomic<bool>& failing_;
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
  public:
    FailingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    const char* Name() const override { return "FailingFileSystem"; }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* context) override {
        rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, result, context);
        if (status.ok() && name.ends_with(".log"))
            *result = std::make_unique<FailingLogFile>(std::move(*result), failing);
        return status;
    }
    std::atomic<bool> failing{false};
};

TEST(RocksDbStore, AFailedSyncMakesThisAndEveryLaterBatchUnknownUntilARestart) {
    const TemporaryDirectory directory;
    const auto disk = std::make_shared<FailingFileSystem>();
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
    {
        RocksDbSession session({directory.path(), Durability::wal_sync, 8 << 20, false, env.get()});
        session.put("before", "v");
        session.settle();
        disk->failing = true;
        session.put("failed", "v");
        session.settle();
        disk->failing = false;  // the disk is well again: still nothing may be acknowledged
        session.put("after", "v");
        session.settle();
        EXPECT_THAT(session.statuses(),
                    testing::ElementsAre(CommitStatus::committed, CommitStatus::unknown_outcome,
                                         CommitStatus::unknown_outcome));
        EXPECT_TRUE(session.get("before").has_value()) << "reads go on";
        EXPECT_THAT(session.log().text(), HasSubstr("outcome is unknown"));
    }
    RocksDbSession reopened({directory.path(), Durability::wal_sync, 8 << 20, false, env.get()});
    EXPECT_TRUE(reopened.get("before").has_value());
    EXPECT_FALSE(reopened.get("after").has_value()) << "never written";
    reopened.put("again", "v");
    reopened.settle();
    EXPECT_THAT(reopened.statuses(), testing::ElementsAre(CommitStatus::committed));
}

}  // namespace
}  // namespace hubbub
