// One stream of one device, and what arrived in it.
// One test; one thread.
#pragma once

#include <gtest/gtest.h>

#include "loadgen/check/stream_table.hpp"

namespace hubbub {

class Stream : public testing::Test {
  protected:
    Stream() { table.begin(0, base); }
    StreamOutcome live(Seq32 q, std::uint32_t own_limit = 0) {
        return table.arrive(0, q, Came::live, false, own_limit);
    }
    StreamOutcome catch_up(Seq32 q, bool own = false) { return table.arrive(0, q, Came::catch_up, own, 0); }
    StreamOutcome ack(Seq32 q, std::uint32_t own_limit = 0) {
        return table.arrive(0, q, Came::ack, true, own_limit);
    }
    StreamOutcome resent_ack(Seq32 q) { return table.arrive(0, q, Came::resent_ack, true, 0); }
    StreamOutcome page(Seq32 q) { return table.arrive(0, q, Came::page, false, 0); }
    std::size_t missed() const {
        const Anomaly* const anomaly = table.anomaly(0);
        std::size_t count = 0;
        if (anomaly != nullptr)
            for (const SeqRange& range : anomaly->missed) count += range.last - range.first + 1;
        return count;
    }

    static constexpr Seq32 base = 10;
    StreamTable table{1};
};

inline void expect_clean(const StreamOutcome& outcome) {
    EXPECT_EQ(outcome.gaps, 0u);
    EXPECT_EQ(outcome.healed, 0u);
    EXPECT_FALSE(outcome.duplicate);
}

}  // namespace hubbub
