#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/fault_store.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

/// One store through several lives of the server on it: batches go in, faults happen, and after each restart
/// the store is held against what it promised.
class Lives {
  public:
    explicit Lives(Durability durability)
        : store_(durability, 2ms, [this](CommitTicket ticket, CommitStatus status) {
              if (status == CommitStatus::committed) {
                  reported_.insert(batch_of(ticket));
              } else {
                  ++unknown_;
              }
          }) {}

    FaultStore& store() { return store_; }

    /// Two puts, so that half a batch would show.
    void submit(std::uint32_t shard) {
        const std::size_t batch = submitted_.size();
        WriteBatch puts;
        puts.put("a" + std::to_string(batch), "v");
        puts.put("b" + std::to_string(batch), "v");
        submitted_.push_back({shard, ++tickets_.at(shard)});
        store_.submit({ShardId{shard}, tickets_.at(shard)}, std::move(puts));
    }
    void step(Duration passed) {
        now_ += passed;
        if (store_.next_deadline() <= now_) store_.deliver(now_);
    }
    void settle() {
        while (store_.next_deadline() != never) step(1ms);
    }
    /// A busy while, that ends anywhere: batches waiting, batches half written.
    void live(Random& random) {
        for (std::uint64_t i = random.below(60); i > 0; --i) {
            if (random.chance(0.6)) {
                submit(static_cast<std::uint32_t>(random.below(3)));
            } else {
                step(Duration(random.below(3'000'000)));
            }
        }
    }
    /// Restarts after a fault and compares. Whatever the durability: no half batch, nothing missing before
    /// something that is there, and what was once there after a restart stays.
    void restart() {
        tickets_ = {0, 0, 0};
        life_begin_ = submitted_.size();
        ASSERT_TRUE(store_.reopen().has_value());
        bool missing = false;
        for (std::size_t batch = survived_; batch < submitted_.size(); ++batch) {
            const bool there = store_.get("a" + std::to_string(batch)).value().has_value();
            ASSERT_EQ(store_.get("b" + std::to_string(batch)).value().has_value(), there) << "half a batch";
            ASSERT_FALSE(missing && there) << "batch " << batch << " is there, one before it is not";
            missing = !there;
            if (!there && reported_.contains(batch)) ++lost_;
        }
        for (const std::size_t batch : kept_)
            ASSERT_TRUE(store_.get("a" + std::to_string(batch)).value().has_value())
                << "gone after a restart";
        for (std::size_t batch = survived_; batch < submitted_.size(); ++batch)
            if (store_.get("a" + std::to_string(batch)).value()) kept_.push_back(batch);
        survived_ = submitted_.size();
    }
    [[nodiscard]] StoreMeta meta() const {
        return decode_store_meta(store_.get(keys::meta()).value().value()).value();
    }
    [[nodiscard]] std::size_t lost() const { return lost_; }
    [[nodiscard]] std::size_t reported() const { return reported_.size(); }
    [[nodiscard]] std::size_t unknown() const { return unknown_; }
    [[nodiscard]] std::size_t kept() const { return kept_.size(); }

  private:
    [[nodiscard]] std::size_t batch_of(CommitTicket ticket) const {
        for (std::size_t batch = life_begin_; batch < submitted_.size(); ++batch)
            if (submitted_[batch].first == ticket.shard.value && submitted_[batch].second == ticket.number)
                return batch;
        ADD_FAILURE() << "a report of nothing that was submitted";
        return 0;
    }

    FaultStore store_;
    Time now_{};
    std::vector<std::uint64_t> tickets_{0, 0, 0};
    std::vector<std::pair<std::uint32_t, std::uint64_t>> submitted_;  // shard, number
    std::size_t life_begin_ = 0;
    std::size_t survived_ = 0;  // batches before this one were judged at earlier restarts
    std::set<std::size_t> reported_;
    std::vector<std::size_t> kept_;
    std::size_t lost_ = 0, unknown_ = 0;
};

struct Totals {
    std::size_t reported = 0, lost = 0;
};

/// `seeds` runs of three lives, each ended by `fault`.
Totals run(Durability durability, std::uint64_t seeds,
           const std::function<void(FaultStore&, Random&)>& fault) {
    Totals totals;
    for (std::uint64_t seed = 0; seed < seeds && !testing::Test::HasFatalFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        Lives lives(durability);
        for (int life = 0; life < 3; ++life) {
            lives.live(random);
            fault(lives.store(), random);
            lives.restart();
        }
        totals.reported += lives.reported();
        totals.lost += lives.lost();
    }
    EXPECT_GT(totals.reported, seeds) << "hardly anything was committed: the runs show nothing";
    return totals;
}

class FaultStorePowerLoss : public testing::TestWithParam<Tail> {
  protected:
    static void lose_power(FaultStore& store, Random& random) { store.power_loss(GetParam(), random); }
};

std::string tail_name(const testing::TestParamInfo<Tail>& tail) {
    switch (tail.param) {
        case Tail::truncated:
            return "truncated";
        case Tail::zeroed:
            return "zeroed";
        case Tail::garbage:
            return "garbage";
    }
    return "";
}

INSTANTIATE_TEST_SUITE_P(EveryTail, FaultStorePowerLoss,
                         testing::Values(Tail::truncated, Tail::zeroed, Tail::garbage), tail_name);

TEST_P(FaultStorePowerLoss, TakesNothingCommittedFromWalSync) {
    EXPECT_EQ(run(Durability::wal_sync, 1000, lose_power).lost, 0u);
}

TEST_P(FaultStorePowerLoss, IsCaughtTakingCommittedBatchesFromEveryOtherDurability) {
    // The negative control: where these lose nothing, the test above proves nothing.
    for (const auto durability : {Durability::wal, Durability::memory, Durability::none}) {
        const Totals totals = run(durability, 100, lose_power);
        EXPECT_GT(totals.lost, totals.reported / 4) << name(durability);
    }
}

TEST(FaultStoreCrash, TakesNothingCommittedFromALog) {
    const auto crash = [](FaultStore& store, Random&) { store.crash_process(); };
    EXPECT_EQ(run(Durability::wal, 300, crash).lost, 0u);
    EXPECT_EQ(run(Durability::wal_sync, 300, crash).lost, 0u);
}

TEST(FaultStoreCrash, TakesEverythingThatWasOnlyInTheProcess) {
    const auto crash = [](FaultStore& store, Random&) { store.crash_process(); };
    for (const auto durability : {Durability::memory, Durability::none}) {
        const Totals totals = run(durability, 100, crash);
        EXPECT_EQ(totals.lost, totals.reported) << name(durability);
    }
}

TEST(FaultStoreCrash, LeavesWhatWasFlushed) {
    Lives lives(Durability::memory);
    lives.submit(0);
    lives.settle();
    ASSERT_TRUE(lives.store().flush().has_value());
    lives.submit(0);
    lives.settle();
    Random random(1);
    lives.store().power_loss(Tail::truncated, random);
    lives.restart();
    EXPECT_EQ(lives.kept(), 1u);
    EXPECT_EQ(lives.lost(), 1u);
}

// ---- a sync that fails

TEST(FaultStoreFailedSync, MakesThisAndEveryLaterBatchUnknownUntilARestart) {
    Lives lives(Durability::wal_sync);
    lives.submit(0);
    lives.settle();
    ASSERT_EQ(lives.reported(), 1u);

    lives.store().fail_next_syncs(1);
    for (int i = 0; i < 5; ++i) {
        lives.submit(static_cast<std::uint32_t>(i % 3));
        lives.settle();
    }
    EXPECT_EQ(lives.unknown(), 5u);
    EXPECT_EQ(lives.reported(), 1u);
    EXPECT_FALSE(lives.store().get("a1").value().has_value()) << "what is unknown is not shown";

    lives.store().crash_process();
    lives.restart();
    lives.submit(0);
    lives.settle();
    EXPECT_EQ(lives.reported(), 2u);
}

TEST(FaultStoreFailedSync, LeavesTheBatchThereOrNot) {
    for (const bool power_goes : {false, true}) {
        Lives lives(Durability::wal_sync);
        lives.store().fail_next_syncs(1);
        lives.submit(0);
        lives.settle();
        Random random(1);
        if (power_goes) {
            lives.store().power_loss(Tail::truncated, random);
        } else {
            lives.store().crash_process();
        }
        lives.restart();
        EXPECT_EQ(lives.kept(), power_goes ? 0u : 1u);
    }
}

TEST(FaultStoreFailedSync, IsNeverMadeGoodByALaterSync) {
    // A second sync reports success for pages that the first one dropped: so nothing is synced again, and a
    // restart writes what it could read once more before anybody builds on it.
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        Lives lives(Durability::wal_sync);
        lives.live(random);
        const std::size_t synced = lives.store().synced_bytes();
        lives.store().fail_next_syncs(1);
        lives.submit(0);
        lives.settle();
        lives.live(random);
        lives.settle();
        EXPECT_EQ(lives.store().synced_bytes(), synced);
        EXPECT_TRUE(lives.store().flush().has_error());
        lives.store().crash_process();
        lives.restart();
        lives.store().power_loss(Tail::garbage, random);
        lives.restart();
        EXPECT_EQ(lives.lost(), 0u);
    }
}

TEST(FaultStoreFailedSync, AtARestartKeepsTheStoreClosed) {
    Lives lives(Durability::wal_sync);
    lives.submit(0);
    lives.settle();
    lives.store().crash_process();
    lives.store().fail_next_syncs(1);
    EXPECT_TRUE(lives.store().reopen().has_error());
    EXPECT_TRUE(lives.store().get("a0").has_error());
    lives.restart();
    EXPECT_EQ(lives.kept(), 1u);
}

// ---- the epoch

TEST(FaultStoreEpoch, RisesExactlyWhenCommittedBatchesMayBeMissing) {
    struct Case {
        Durability durability;
        bool power_goes, rises;
    };
    for (const Case& c : {Case{Durability::wal_sync, true, false}, Case{Durability::wal_sync, false, false},
                          Case{Durability::wal, true, true}, Case{Durability::wal, false, false},
                          Case{Durability::memory, false, true}, Case{Durability::none, false, true}}) {
        Lives lives(c.durability);
        lives.submit(0);
        lives.settle();
        Random random(1);
        if (c.power_goes) {
            lives.store().power_loss(Tail::zeroed, random);
        } else {
            lives.store().crash_process();
        }
        lives.restart();
        EXPECT_EQ(lives.meta().epoch, c.rises ? 2u : 1u) << name(c.durability) << ", power " << c.power_goes;
    }
}

}  // namespace
}  // namespace hubbub
