// What the contract suite needs of any store under test, and the suite's fixture. Tests:
// store_contract_test.cpp; RocksDB joins in rocksdb_contract_test.cpp. Owned by one test; its thread drives
// it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "refserver/core/store.hpp"

namespace hubbub {

struct Completion {
    CommitTicket ticket;
    CommitStatus status;
};

/// Drives one store, whatever thread it commits on.
class StoreHarness {
  public:
    virtual ~StoreHarness() = default;
    virtual Store& store() = 0;
    /// Lets commits happen for a moment: a step in virtual time, or nothing where a thread commits.
    virtual void step() = 0;
    /// Until everything submitted is reported, and visible.
    virtual void settle() = 0;
    /// An orderly restart.
    virtual void reopen() = 0;
    /// What was reported so far, in the order of the reports. Safe while commits go on.
    virtual std::vector<Completion> completions() = 0;
    /// Called with each report, where the store reports.
    virtual void on_report(std::function<void(CommitTicket)> hook) = 0;

    void submit(std::uint32_t shard, WriteBatch batch) {
        store().submit({ShardId{shard}, ++numbers_[shard]}, std::move(batch));
    }

  protected:
    std::map<std::uint32_t, std::uint64_t> numbers_;  // of the open store
};

struct StoreKind {
    std::string name;
    Durability durability;
    std::function<std::unique_ptr<StoreHarness>(Durability)> make;
    friend std::ostream& operator<<(std::ostream& out, const StoreKind& kind) {
        return out << kind.name << ", " << hubbub::name(kind.durability);
    }
};

/// One kind a durability, for INSTANTIATE_TEST_SUITE_P.
std::vector<StoreKind> with_every_durability(const std::string& name,
                                             std::function<std::unique_ptr<StoreHarness>(Durability)> make);
std::string kind_name(const testing::TestParamInfo<StoreKind>& info);

class StoreContract : public testing::TestWithParam<StoreKind> {
  protected:
    std::unique_ptr<StoreHarness> harness_ = GetParam().make(GetParam().durability);
    [[nodiscard]] Store& store() const { return harness_->store(); }
};

}  // namespace hubbub
