#include "tests/refserver/store_contract.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/fault_store.hpp"
#include "refserver/store/memory_store.hpp"

namespace hubbub {

std::vector<StoreKind> with_every_durability(const std::string& name,
                                             std::function<std::unique_ptr<StoreHarness>(Durability)> make) {
    std::vector<StoreKind> kinds;
    for (const auto durability :
         {Durability::none, Durability::memory, Durability::wal, Durability::wal_sync})
        kinds.push_back({name, durability, make});
    return kinds;
}

std::string kind_name(const testing::TestParamInfo<StoreKind>& info) {
    std::string out = info.param.name + "_" + std::string(name(info.param.durability));
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}

namespace {

using namespace std::chrono_literals;
using Rows = std::vector<std::pair<std::string, std::string>>;

// ---- the stores that a virtual time line drives

template <class S>
class SteppedHarness final : public StoreHarness {
  public:
    template <class Make>
    explicit SteppedHarness(Make make)
        : store_(make([this](CommitTicket ticket, CommitStatus status) {
              completions_.push_back({ticket, status});
              if (hook_) hook_(ticket);
          })) {}

    Store& store() override { return *store_; }
    void step() override {
        now_ += 1ms;
        if (store_->next_deadline() <= now_) store_->deliver(now_);
    }
    void settle() override {
        while (store_->next_deadline() != never) step();
    }
    void reopen() override {
        settle();
        ASSERT_TRUE(store_->reopen().has_value());
        numbers_.clear();
        completions_.clear();
    }
    std::vector<Completion> completions() override { return completions_; }
    void on_report(std::function<void(CommitTicket)> hook) override { hook_ = std::move(hook); }

  private:
    Time now_{};
    std::vector<Completion> completions_;
    std::function<void(CommitTicket)> hook_;
    std::unique_ptr<S> store_;
};

std::unique_ptr<StoreHarness> memory_harness(Durability durability) {
    return std::make_unique<SteppedHarness<MemoryStore>>([durability](OnCommitted on_committed) {
        return std::make_unique<MemoryStore>(2ms, std::move(on_committed), durability);
    });
}

std::unique_ptr<StoreHarness> fault_harness(Durability durability) {
    return std::make_unique<SteppedHarness<FaultStore>>([durability](OnCommitted on_committed) {
        return std::make_unique<FaultStore>(durability, 2ms, std::move(on_committed));
    });
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::ValuesIn(with_every_durability("memory", memory_harness)), kind_name);
INSTANTIATE_TEST_SUITE_P(Fault, StoreContract,
                         testing::ValuesIn(with_every_durability("fault", fault_harness)), kind_name);

// ---- the contract

WriteBatch one_put(std::string key, std::string value) {
    WriteBatch batch;
    batch.put(std::move(key), std::move(value));
    return batch;
}

Rows scan(const Store& store, const std::string& from, const std::string& to, std::size_t most = SIZE_MAX) {
    Rows rows;
    const Status status = store.scan(from, to, [&](std::string_view key, std::string_view value) {
        rows.emplace_back(key, value);
        return rows.size() < most;
    });
    EXPECT_TRUE(status.has_value());
    return rows;
}

Rows scan_reverse(const Store& store, const std::string& from, const std::string& to,
                  std::size_t most = SIZE_MAX) {
    Rows rows;
    const Status status = store.scan_reverse(from, to, [&](std::string_view key, std::string_view value) {
        rows.emplace_back(key, value);
        return rows.size() < most;
    });
    EXPECT_TRUE(status.has_value());
    return rows;
}

TEST_P(StoreContract, TellsAnAbsentKeyFromAnEmptyValue) {
    harness_->submit(0, one_put("empty", ""));
    harness_->settle();
    EXPECT_EQ(store().get("absent").value(), std::nullopt);
    EXPECT_EQ(store().get("empty").value(), std::string());
}

TEST_P(StoreContract, AppliesTheWritesOfABatchInOrder) {
    WriteBatch batch;
    batch.put("twice", "1");
    batch.put("twice", "2");
    batch.put("gone", "1");
    batch.erase("gone");
    batch.erase("back");
    batch.put("back", "1");
    harness_->submit(0, std::move(batch));
    harness_->settle();
    EXPECT_EQ(scan(store(), "a", "z"), (Rows{{"back", "1"}, {"twice", "2"}}));
}

TEST_P(StoreContract, CommitsTheBatchesOfAShardInOrder) {
    for (int i = 1; i <= 100; ++i) {
        WriteBatch batch = one_put("last", std::to_string(i));
        batch.erase("k" + std::to_string(i - 1));
        batch.put("k" + std::to_string(i), "here");
        harness_->submit(0, std::move(batch));
    }
    harness_->settle();
    EXPECT_EQ(scan(store(), "a", "z"), (Rows{{"k100", "here"}, {"last", "100"}}));
}

TEST_P(StoreContract, ReportsEveryBatchOnceInOrderAndNeverInsideSubmit) {
    thread_local bool inside_submit = false;
    bool reported_inside = false;
    harness_->on_report([&](CommitTicket) { reported_inside |= inside_submit; });
    for (std::uint64_t number = 1; number <= 50; ++number) {
        for (std::uint32_t shard = 0; shard < 3; ++shard) {
            inside_submit = true;
            harness_->submit(shard, number % 7 ? one_put(std::to_string(shard), "v") : WriteBatch{});
            inside_submit = false;
        }
        if (number % 10 == 0) harness_->step();
    }
    harness_->settle();
    EXPECT_FALSE(reported_inside);
    std::map<std::uint32_t, std::uint64_t> last;
    for (const Completion& completion : harness_->completions()) {
        EXPECT_EQ(completion.status, CommitStatus::committed);
        if (completion.ticket.shard.value > 2) continue;  // the harness's own
        EXPECT_EQ(completion.ticket.number, ++last[completion.ticket.shard.value]);
    }
    EXPECT_EQ(last, (std::map<std::uint32_t, std::uint64_t>{{0, 50}, {1, 50}, {2, 50}}));
}

TEST_P(StoreContract, ShowsABatchFromItsReportOn) {
    if (GetParam().durability == Durability::none) GTEST_SKIP() << "`none` reports before it writes";
    std::uint64_t missing = 0, reported = 0;
    harness_->on_report([&](CommitTicket ticket) {
        ++reported;
        if (!store().get("k" + std::to_string(ticket.number)).value()) ++missing;
    });
    for (int i = 1; i <= 50; ++i) harness_->submit(0, one_put("k" + std::to_string(i), "v"));
    harness_->settle();
    EXPECT_EQ(missing, 0u);
    EXPECT_GE(reported, 50u);
}

TEST_P(StoreContract, NeverShowsHalfABatch) {
    constexpr std::size_t batches = 300;
    std::size_t seen = 0;
    for (std::size_t i = 1; i <= batches; ++i) {
        WriteBatch batch = one_put("left", std::to_string(i));
        batch.put("right", std::to_string(i));
        harness_->submit(0, std::move(batch));
        harness_->step();  // a committing thread goes on by itself: most looks fall into its work
        if (i % 20 == 0) harness_->settle();
        const Rows rows = scan(store(), "left", "s");
        if (rows.empty()) continue;
        ++seen;
        ASSERT_EQ(rows.size(), 2u);
        ASSERT_EQ(rows[0].second, rows[1].second);
    }
    EXPECT_EQ(scan(store(), "left", "s"), (Rows{{"left", "300"}, {"right", "300"}}));
    EXPECT_GE(seen, batches / 20);
}

TEST_P(StoreContract, KeepsWhatWasCommittedOverAnOrderlyRestart) {
    for (int round = 1; round <= 3; ++round) {
        // Tickets of a restarted server begin at 1 again.
        harness_->submit(0, one_put("k" + std::to_string(round), "v"));
        harness_->submit(1, one_put("last", std::to_string(round)));
        harness_->settle();
        harness_->reopen();
        EXPECT_EQ(scan(store(), "k", "l").size(), static_cast<std::size_t>(round));
        EXPECT_EQ(store().get("last").value(), std::to_string(round));
    }
}

TEST_P(StoreContract, KeepsItsEpochOverAnOrderlyRestart) {
    harness_->submit(0, one_put("k", "v"));
    harness_->reopen();
    const auto bytes = store().get(keys::meta()).value();
    ASSERT_TRUE(bytes.has_value());
    const StoreMeta meta = decode_store_meta(*bytes).value();
    EXPECT_EQ(meta.epoch, 1u);
    EXPECT_EQ(meta.durability, GetParam().durability);
    EXPECT_FALSE(meta.clean) << "an open store is not closed in order";
}

// ---- ranges, against a map

struct Model {
    std::map<std::string, std::string> rows;
    void apply(const WriteBatch& batch) {
        for (const WriteBatch::Put put : batch) {
            if (put.erase) {
                rows.erase(std::string(put.key));
            } else {
                rows[std::string(put.key)] = put.value;
            }
        }
    }
    [[nodiscard]] Rows range(const std::string& from, const std::string& to) const {
        Rows out;
        for (const auto& row : rows)
            if (from <= row.first && row.first < to) out.push_back(row);
        return out;
    }
};

/// Short keys of few bytes, with the lowest and the highest one: they collide, nest and sit on the edges.
rc::Gen<std::string> any_key(const std::string& prefix) {
    return rc::gen::map(
        rc::gen::resize(4, rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\xff'))),
        [prefix](const std::string& key) { return prefix + key; });
}

WriteBatch any_batch(const std::string& prefix) {
    WriteBatch batch;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        if (*rc::gen::inRange(0, 3) == 0) {
            batch.erase(*any_key(prefix));
        } else {
            batch.put(*any_key(prefix), *rc::gen::arbitrary<std::string>());
        }
    }
    return batch;
}

TEST_P(StoreContract, ReadsAsAnOrderedMapWould) {
    int cases = 0;
    EXPECT_TRUE(rc::check([&] {
        // A prefix a case: one database serves all of them.
        const std::string prefix = "case" + std::to_string(++cases) + "/";
        Model model;
        for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
            WriteBatch batch = any_batch(prefix);
            model.apply(batch);
            harness_->submit(0, std::move(batch));
        }
        harness_->settle();

        const std::string from = *any_key(prefix), to = *any_key(prefix);
        const std::size_t most = *rc::gen::inRange<std::size_t>(1, 8);
        Rows expected = model.range(from, to);
        RC_ASSERT(scan(store(), from, to) == expected);
        RC_ASSERT(scan(store(), from, to, most) ==
                  Rows(expected.begin(),
                       expected.begin() + static_cast<std::ptrdiff_t>(std::min(most, expected.size()))));
        std::reverse(expected.begin(), expected.end());
        RC_ASSERT(scan_reverse(store(), from, to) == expected);
        RC_ASSERT(scan_reverse(store(), from, to, most) ==
                  Rows(expected.begin(),
                       expected.begin() + static_cast<std::ptrdiff_t>(std::min(most, expected.size()))));
        const auto row = model.rows.find(from);
        RC_ASSERT(store().get(from).value() ==
                  (row == model.rows.end() ? std::nullopt : std::optional(row->second)));
    }));
}

}  // namespace
}  // namespace hubbub
