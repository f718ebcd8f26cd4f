// One fault or a row of them in virtual time: what goes in, what comes out and when. For tests.
// Owned by a test; its thread only.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "chaos/fault_set.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub::testing {

inline Time at_ms(std::int64_t milliseconds) {
    return Time(std::chrono::milliseconds{milliseconds});
}

/// The kind's values with these by name; the others have their defaults.
inline FaultValues values_of(const FaultKind& kind,
                             const std::vector<std::pair<std::string_view, std::int64_t>>& given) {
    FaultValues values;
    for (const FaultAttribute& attribute : kind.attributes) {
        values.push_back(attribute.fallback);
        for (const auto& [name, value] : given)
            if (name == attribute.name) values.back() = value;
    }
    return values;
}

/// A direction with faults, and everything that came out of it.
class FaultRide {
  public:
    struct Read {
        std::int64_t at_ms;
        std::string bytes;
        Ending ending = Ending::none;
        bool operator==(const Read&) const = default;
    };

    explicit FaultRide(std::uint64_t seed = 1) : seed_(seed) {}
    FaultRide(const char* kind, const std::vector<std::pair<std::string_view, std::int64_t>>& values)
        : FaultRide() {
        add(kind, values);
    }
    void add(const char* kind, const std::vector<std::pair<std::string_view, std::int64_t>>& values) {
        const FaultKind* const found = find_fault_kind(kind);
        ASSERT_NE(found, nullptr) << kind;
        add(*found, values_of(*found, values));
    }
    void add(const FaultKind& kind, const FaultValues& values) {
        tallies.push_back(std::make_unique<FaultTally>());
        const auto number = static_cast<std::uint64_t>(tallies.size());
        chain.add(number, kind.make(values, {now, now}), Random(seed_).child(number), *tallies.back());
    }

    /// Goes on to this time, reading everything at the moment it comes.
    void until(Time then) {
        for (;;) {
            read();
            const Time next = chain.next_deadline();
            if (next > then) break;
            EXPECT_GE(next, now) << "a deadline that has passed stays";
            if (next < now) return;
            now = next;
        }
        now = then;
        read();
    }
    void until_ms(std::int64_t then) { until(at_ms(then)); }
    void write(std::string_view bytes) {
        chain.write(bytes, now);
        read();
    }
    void end(Ending how = Ending::finish) {
        chain.end(how, now);
        read();
    }
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const Read& each : reads) all += each.bytes;
        return all;
    }
    [[nodiscard]] Ending ending() const { return reads.empty() ? Ending::none : reads.back().ending; }
    [[nodiscard]] std::uint64_t bites(std::size_t fault = 0) const { return tallies[fault]->bites.get(); }

    std::vector<std::unique_ptr<FaultTally>> tallies;
    FaultChain chain;
    Time now{};
    std::vector<Read> reads;

  private:
    void read() {
        for (;;) {
            const FaultChain::Out out = chain.front(now);
            if (out.nothing()) return;
            const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
            reads.push_back({ms.count(), std::string(out.bytes.begin(), out.bytes.end()), out.ending});
            chain.consume(out.bytes.size());
        }
    }

    std::uint64_t seed_;
};

using Reads = std::vector<FaultRide::Read>;

}  // namespace hubbub::testing
