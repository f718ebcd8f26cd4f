// A log whose end was being written when the power went: what is cut off was never reported, and nobody is
// told to begin anew; a log that is damaged elsewhere may have lost what was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/random.hpp"
#include "refserver/store/wal_damage.hpp"
#include "tests/refserver/rocksdb_session.hpp"
#include "tests/refserver/temporary_directory.hpp"

namespace hubbub {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path newest_log(const fs::path& directory) {
    fs::path newest;
    for (const auto& file : fs::directory_iterator(directory))
        if (file.path().extension() == ".log" && file.path() > newest) newest = file.path();
    EXPECT_FALSE(newest.empty());
    return newest;
}

enum class Damage { truncated, zeroed, garbage };

void damage_end(const fs::path& file, Damage how, std::uintmax_t bytes, Random& random) {
    const auto size = fs::file_size(file);
    ASSERT_GT(size, bytes);
    if (how == Damage::truncated) return fs::resize_file(file, size - bytes);
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size - bytes));
    for (std::uintmax_t i = 0; i < bytes; ++i)
        stream.put(how == Damage::zeroed ? '\0' : static_cast<char>(random.below(256)));
}

class RocksDbTornLog : public testing::TestWithParam<Damage> {};

INSTANTIATE_TEST_SUITE_P(EveryDamage, RocksDbTornLog,
                         testing::Values(Damage::truncated, Damage::zeroed, Damage::garbage));

TEST_P(RocksDbTornLog, OpensHavingLostOnlyASuffix) {
    constexpr int batches = 60;
    const TemporaryDirectory directory, scratch;
    RocksDbSession session({directory.path(), Durability::wal_sync});
    for (int i = 0; i < batches; ++i) {
        session.put_pair(i);
        session.settle();  // a record each in the log
    }
    for (const std::uintmax_t bytes : {1u, 7u, 40u, 300u, 1500u}) {
        SCOPED_TRACE(bytes);
        Random random(bytes);
        const fs::path copy = copy_while_open(session, scratch);
        damage_end(newest_log(copy), GetParam(), bytes, random);
        if (HasFatalFailure()) return;
        RocksDbSession reopened({copy.string(), Durability::wal_sync});
        const int whole = reopened.whole_pairs(batches);
        EXPECT_LT(whole, batches) << "the damage hit nothing";
        EXPECT_GT(whole, 0);
    }
}

TEST(RocksDbStore, CutsALogDamagedInTheMiddleAndRaisesTheEpoch) {
    constexpr int batches = 60;
    const TemporaryDirectory directory, scratch;
    RocksDbSession session({directory.path(), Durability::wal_sync});
    for (int i = 0; i < batches; ++i) {
        session.put_pair(i);
        session.settle();
    }
    const fs::path copy = copy_while_open(session, scratch);
    {
        const fs::path log = newest_log(copy);
        std::fstream stream(log, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(fs::file_size(log) / 2));
        stream.put('\x5a').put('\xa5').put('\x5a');
    }
    RocksDbSession reopened({copy.string(), Durability::wal_sync});
    EXPECT_LT(reopened.whole_pairs(batches), batches);
    EXPECT_EQ(reopened.meta().epoch, 2u);
    EXPECT_THAT(reopened.log().text(), HasSubstr("the log is damaged"));
}

/// What RocksDB wrote, one record a batch; the last may be large.
struct TornLog : testing::Test {
    TemporaryDirectory directory, scratch;
    fs::path copy;
    std::vector<std::uintmax_t> ends;  ///< of the records

    void write(int batches, std::size_t last_bytes = 60, Durability durability = Durability::wal_sync) {
        RocksDbSession session({directory.path(), durability});
        for (int i = 0; i < batches; ++i) {
            session.put("key" + std::to_string(i), std::string(i + 1 < batches ? 60 : last_bytes, 'x'));
            session.settle();
            ends.push_back(fs::file_size(newest_log(directory.path())));
        }
        copy = copy_while_open(session, scratch);
    }
    /// Zeros from a place in the log on; `bytes` of them, or to its end.
    void zero(std::uintmax_t from, std::uintmax_t bytes = UINTMAX_MAX) const {
        const fs::path log = newest_log(copy);
        std::fstream stream(log, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(from));
        for (std::uintmax_t i = from;
             i < std::min(fs::file_size(log), bytes == UINTMAX_MAX ? bytes : from + bytes); ++i)
            stream.put('\0');
    }
    std::string bytes() const {
        std::ifstream stream(newest_log(copy), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
};

TEST_F(TornLog, ThatIsWholeChecksOut) {
    write(40, 100'000);
    EXPECT_TRUE(checks_out(bytes()));
    EXPECT_TRUE(torn_at_its_end(bytes()));
}

TEST_F(TornLog, OfALastRecordInZerosIsCutWithoutANewEpoch) {
    write(20);
    zero(ends[18] + 20);
    EXPECT_FALSE(checks_out(bytes()));
    RocksDbSession reopened({copy.string(), Durability::wal_sync});
    EXPECT_EQ(reopened.meta().epoch, 1U);
    EXPECT_THAT(reopened.log().text(), HasSubstr("never finished"));
    EXPECT_TRUE(reopened.get("key18").has_value());
    EXPECT_FALSE(reopened.get("key19").has_value());
}

TEST_F(TornLog, WhoseWriterDidNotSyncRaisesTheEpoch) {
    write(20, 60, Durability::wal);
    zero(ends[18] + 20);
    RocksDbSession reopened({copy.string(), Durability::wal_sync});
    EXPECT_EQ(reopened.meta().epoch, 2U) << "it had been reported";
}

TEST_F(TornLog, OfALargeLastRecordMayLackAPageInItsMiddle) {
    write(20, 100'000);
    zero(ends[18] + 8'000, 4'096);
    RocksDbSession reopened({copy.string(), Durability::wal_sync});
    EXPECT_EQ(reopened.meta().epoch, 1U);
    EXPECT_TRUE(reopened.get("key18").has_value());
}

TEST_F(TornLog, IsNotOneWithAWholeRecordBehindTheDamage) {
    write(20);
    zero(ends[17] + 20, 8);
    EXPECT_FALSE(torn_at_its_end(bytes()));
    RocksDbSession reopened({copy.string(), Durability::wal_sync});
    EXPECT_EQ(reopened.meta().epoch, 2U);
}

TEST_F(TornLog, IsNotOneWithALaterBlockBehindALargeDamage) {
    write(1000);  // several blocks
    zero(ends[100], 2'000);
    EXPECT_FALSE(torn_at_its_end(bytes()));
}

}  // namespace
}  // namespace hubbub
