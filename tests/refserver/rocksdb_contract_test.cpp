#include <condition_variable>
#include <mutex>

#include "refserver/store/rocksdb_store.hpp"
#include "tests/refserver/store_contract.hpp"
#include "tests/refserver/temporary_directory.hpp"

namespace hubbub {
namespace {

class RocksDbHarness final : public StoreHarness {
  public:
    explicit RocksDbHarness(Durability durability) : durability_(durability) { open(); }

    Store& store() override { return *store_; }
    void step() override {}
    void settle() override {
        wait_for_reports();
        // With durability `none` a report comes before the write. The next group is reported after it.
        submit(sentinel_shard, {});
        wait_for_reports();
    }
    void reopen() override {
        store_.reset();
        open();
    }
    std::vector<Completion> completions() override {
        const std::lock_guard lock(mutex_);
        return completions_;
    }
    void on_report(std::function<void(CommitTicket)> hook) override { hook_ = std::move(hook); }

  private:
    static constexpr std::uint32_t sentinel_shard = 7;

    void open() {
        numbers_.clear();
        completions_.clear();
        auto opened = RocksDbStore::open({directory_.path(), durability_}, reporter(), log_);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store_ = std::move(*opened);
    }
    OnCommitted reporter() {
        return [this](CommitTicket ticket, CommitStatus status) {
            if (hook_) hook_(ticket);
            const std::lock_guard lock(mutex_);
            completions_.push_back({ticket, status});
            reported_.notify_all();
        };
    }
    void wait_for_reports() {
        std::size_t submitted = 0;
        for (const auto& [shard, number] : numbers_) submitted += number;
        std::unique_lock lock(mutex_);
        reported_.wait(lock, [&] { return completions_.size() >= submitted; });
    }

    const Durability durability_;
    TemporaryDirectory directory_;
    SilentLog log_;
    std::function<void(CommitTicket)> hook_;  // set before the first submit
    std::mutex mutex_;
    std::condition_variable reported_;
    std::vector<Completion> completions_;
    std::unique_ptr<RocksDbStore> store_;
};

std::unique_ptr<StoreHarness> rocksdb_harness(Durability durability) {
    return std::make_unique<RocksDbHarness>(durability);
}

INSTANTIATE_TEST_SUITE_P(RocksDb, StoreContract,
                         testing::ValuesIn(with_every_durability("rocksdb", rocksdb_harness)), kind_name);

}  // namespace
}  // namespace hubbub
