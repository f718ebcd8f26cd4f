// One open RocksDB store in a test: puts, waits until they are reported, remembers what was reported and
// logged. Owned by the test; its thread drives it, reports arrive on the store's.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/rocksdb_store.hpp"
#include "tests/refserver/temporary_directory.hpp"

namespace hubbub {

class RememberingLog final : public Log {
  public:
    void write(LogLevel, std::string_view message) override {
        const std::lock_guard lock(mutex_);
        text_.append(message).push_back('\n');
    }
    [[nodiscard]] std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

  private:
    mutable std::mutex mutex_;
    std::string text_;
};

class RocksDbSession {
  public:
    explicit RocksDbSession(RocksDbOptions options) : path_(options.path) {
        auto opened = RocksDbStore::open(
            options,
            [this](CommitTicket, CommitStatus status) {
                const std::lock_guard lock(mutex_);
                statuses_.push_back(status);
                reported_.notify_all();
            },
            log_);
        EXPECT_TRUE(opened.has_value()) << opened.error().message;
        if (opened.has_value()) store_ = std::move(*opened);
    }

    void submit(WriteBatch batch) { store_->submit({ShardId{0}, ++submitted_}, std::move(batch)); }
    void put(std::string key, std::string value) {
        WriteBatch batch;
        batch.put(std::move(key), std::move(value));
        submit(std::move(batch));
    }
    /// Two rows in one batch, to be counted by whole_pairs().
    void put_pair(int number) {
        WriteBatch batch;
        batch.put("a" + std::to_string(number), std::string(60, 'x'));
        batch.put("b" + std::to_string(number), std::string(60, 'x'));
        submit(std::move(batch));
    }
    /// How many pairs are there, from 0 without a gap, of `most`. Half a pair or a gap fails the test.
    [[nodiscard]] int whole_pairs(int most) const {
        int whole = 0;
        for (int number = 0; number < most; ++number) {
            const bool there = get("a" + std::to_string(number)).has_value();
            EXPECT_EQ(there, get("b" + std::to_string(number)).has_value()) << "half of batch " << number;
            EXPECT_FALSE(there && whole < number) << "batch " << number << " outlived batch " << whole;
            if (there) ++whole;
        }
        return whole;
    }
    void settle() {
        std::unique_lock lock(mutex_);
        reported_.wait(lock, [this] { return statuses_.size() == submitted_; });
    }
    [[nodiscard]] std::optional<std::string> get(const std::string& key) const {
        return store_->get(key).value();
    }
    [[nodiscard]] StoreMeta meta() const { return decode_store_meta(get(keys::meta()).value()).value(); }
    [[nodiscard]] std::vector<CommitStatus> statuses() const {
        const std::lock_guard lock(mutex_);
        return statuses_;
    }
    [[nodiscard]] const RocksDbStore& store() const { return *store_; }
    [[nodiscard]] const RememberingLog& log() const { return log_; }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
    RememberingLog log_;
    mutable std::mutex mutex_;
    std::condition_variable reported_;
    std::vector<CommitStatus> statuses_;
    std::uint64_t submitted_ = 0;
    std::unique_ptr<RocksDbStore> store_;
};

/// Leaves a store as a killed process leaves it: a copy of its files while it is open and everything is
/// reported.
inline std::filesystem::path copy_while_open(const RocksDbSession& session,
                                             const TemporaryDirectory& scratch) {
    const std::filesystem::path copy = std::filesystem::path(scratch.path()) / "copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(session.path(), copy, std::filesystem::copy_options::recursive);
    return copy;
}

}  // namespace hubbub
