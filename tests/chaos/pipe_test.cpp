#include "chaos/pipe.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace hubbub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Time at(Duration since_start) {
    return Time(since_start);
}

std::string text_of(std::optional<std::span<char>> read) {
    return read ? std::string(read->begin(), read->end()) : "(nothing)";
}

TEST(Pipe, HasNothingDueWhenNothingIsInside) {
    Pipe pipe(LinkModel{}, Random(1));
    EXPECT_EQ(pipe.next_deadline(), never);
    EXPECT_EQ(pipe.pop_due(never), std::nullopt);
    pipe.write("", at(seconds(1)));
    EXPECT_EQ(pipe.next_deadline(), never);
}

TEST(Pipe, HandsOverAfterTheLatencyAndNotBefore) {
    Pipe pipe(LinkModel{.latency = milliseconds(100)}, Random(1));
    pipe.write("hello", at(seconds(1)));
    EXPECT_EQ(pipe.next_deadline(), at(milliseconds(1100)));
    EXPECT_EQ(text_of(pipe.pop_due(at(milliseconds(1100)) - Duration(1))), "(nothing)");
    EXPECT_EQ(text_of(pipe.pop_due(at(milliseconds(1100)))), "hello");
    EXPECT_EQ(text_of(pipe.pop_due(never)), "(nothing)");
}

TEST(Pipe, ReadsTogetherWhatArrivedWithoutSlices) {
    Pipe pipe(LinkModel{}, Random(1));
    pipe.write("one ", at(seconds(1)));
    pipe.write("two", at(seconds(2)));
    EXPECT_EQ(text_of(pipe.pop_due(at(seconds(1)))), "one ");
    pipe.write(" three", at(seconds(2)));
    EXPECT_EQ(text_of(pipe.pop_due(at(seconds(2)))), "two three");
}

TEST(Pipe, LetsNoByteOvertakeAnotherWhateverTheJitter) {
    // The second write draws a shorter way in half of the seeds; it must wait behind the first.
    int held_up = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Pipe pipe(LinkModel{.jitter = seconds(1)}, Random(seed));
        pipe.write("a", at(seconds(0)));
        pipe.write("b", at(seconds(0)));
        const std::string first = text_of(pipe.pop_due(pipe.next_deadline()));
        EXPECT_EQ(first.front(), 'a');
        held_up += first == "ab";
    }
    EXPECT_GT(held_up, 20);
    EXPECT_LT(held_up, 80);
}

TEST(Pipe, SendsNoFasterThanItsBandwidth) {
    Pipe pipe(LinkModel{.latency = milliseconds(5), .bytes_per_second = 1000}, Random(1));
    pipe.write(std::string(100, 'a'), at(seconds(0)));
    pipe.write(std::string(50, 'b'), at(seconds(0)));
    EXPECT_EQ(pipe.next_deadline(), at(milliseconds(105)));
    EXPECT_EQ(pipe.pop_due(at(milliseconds(105)))->size(), 100u);
    EXPECT_EQ(pipe.next_deadline(), at(milliseconds(155)));
    EXPECT_EQ(pipe.pop_due(at(milliseconds(155)))->size(), 50u);
    pipe.write("c", at(seconds(9)));  // an idle line has saved nothing up
    EXPECT_EQ(pipe.next_deadline(), at(seconds(9) + milliseconds(6)));
}

TEST(Pipe, TellsTheEndOnceAndLast) {
    Pipe pipe(LinkModel{.latency = milliseconds(10)}, Random(1));
    pipe.write("last words", at(seconds(0)));
    pipe.finish(at(milliseconds(1)));
    pipe.write("too late", at(milliseconds(2)));
    EXPECT_EQ(text_of(pipe.pop_due(at(milliseconds(10)))), "last words");
    EXPECT_EQ(text_of(pipe.pop_due(at(milliseconds(10)))), "(nothing)");
    EXPECT_EQ(pipe.next_deadline(), at(milliseconds(11)));
    EXPECT_EQ(text_of(pipe.pop_due(at(milliseconds(11)))), "");
    EXPECT_EQ(text_of(pipe.pop_due(never)), "(nothing)");
    EXPECT_EQ(pipe.next_deadline(), never);
}

TEST(Pipe, LosesTheEndTooWhenItIsCut) {
    Pipe pipe(LinkModel{.latency = milliseconds(10)}, Random(1));
    pipe.write("abc", at(seconds(0)));
    pipe.finish(at(seconds(0)));
    EXPECT_EQ(pipe.cut(), 3u);
    EXPECT_EQ(pipe.next_deadline(), never);
    EXPECT_EQ(text_of(pipe.pop_due(never)), "(nothing)");
}

TEST(Pipe, CutsEverywhereInsideAWriteAndReadsAcrossWrites) {
    // Over many seeds the first cut must be met at each inner boundary of a write, and a read must span two
    // writes.
    std::vector<bool> first_cut_at(8, false);
    bool spanned = false;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Pipe pipe(LinkModel{.slice_probability = 0.5}, Random(seed));
        pipe.write("01234567", at(seconds(0)));
        pipe.write("89", at(seconds(0)));
        std::size_t position = 0;
        while (const auto read = pipe.pop_due(at(seconds(0)))) {
            if (position == 0 && read->size() < 8) first_cut_at[read->size()] = true;
            spanned = spanned || (position < 8 && position + read->size() > 8);
            position += read->size();
        }
    }
    first_cut_at[0] = true;  // not inside
    EXPECT_EQ(first_cut_at, std::vector<bool>(8, true));
    EXPECT_TRUE(spanned);
}

rc::Gen<LinkModel> any_model() {
    return rc::gen::apply(
        [](int latency, int jitter, int slices, std::uint32_t rate) {
            return LinkModel{.latency = Duration(latency),
                             .jitter = Duration(jitter),
                             .slice_probability = slices / 10.0,
                             .bytes_per_second = rate};
        },
        rc::gen::inRange(0, 1'000'000), rc::gen::element(0, 1, 1000, 50'000'000), rc::gen::inRange(0, 11),
        rc::gen::element(0U, 1U, 1'000'000U, 4'000'000'000U));
}

// Bytes that tell their place, so that a swap shows.
std::string numbered(std::size_t from, std::size_t size) {
    std::string out;
    for (std::size_t i = from; i < from + size; ++i) out.push_back(static_cast<char>(i * 31 + i / 256));
    return out;
}

// Writes at random times and reads in between; gives what was read and the time before which nothing may
// come.
struct Ride {
    Ride(const LinkModel& link_model, std::uint64_t seed)
        : model(link_model), pipe(link_model, Random(seed)) {}

    void write(std::size_t size) {
        const std::string bytes = numbered(written.size(), size);
        written += bytes;
        write_times.insert(write_times.end(), size, now);
        pipe.write(bytes, now);
    }
    void read() {
        while (const auto bytes = pipe.pop_due(now)) {
            trace.emplace_back(now, bytes->size());
            for (const char byte : *bytes) {
                RC_ASSERT(now >= write_times[got.size()] + model.latency);
                got.push_back(byte);
            }
        }
        RC_ASSERT(pipe.next_deadline() > now);
    }
    void wander(const std::vector<std::pair<int, int>>& steps) {
        for (const auto& [size, wait] : steps) {
            now += Duration(wait);
            write(static_cast<std::size_t>(size));
            read();
            RC_ASSERT(pipe.bytes_inside() == written.size() - got.size());
        }
    }
    void drain() {
        while (pipe.next_deadline() != never) {
            now = std::max(now, pipe.next_deadline());
            read();
        }
    }

    LinkModel model;
    Pipe pipe;
    Time now{};
    std::string written, got;
    std::vector<Time> write_times;
    std::vector<std::pair<Time, std::size_t>> trace;
};

std::vector<std::pair<int, int>> any_steps() {
    return *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 300), rc::gen::element(0, 1, 700, 400'000, 30'000'000)));
}

RC_GTEST_PROP(Pipe, GivesAllBytesInOrderWhateverTheSlicing, (std::uint64_t seed)) {
    Ride ride(*any_model(), seed);
    ride.wander(any_steps());
    ride.drain();
    RC_ASSERT(ride.got == ride.written);
}

RC_GTEST_PROP(Pipe, LosesByACutOnlyWhatWasInside, (std::uint64_t seed)) {
    Ride ride(*any_model(), seed);
    ride.wander(any_steps());
    const std::size_t lost = ride.pipe.cut();
    RC_ASSERT(ride.got.size() + lost == ride.written.size());
    RC_ASSERT(ride.got == ride.written.substr(0, ride.got.size()));
    const std::string before = ride.got;
    ride.pipe.write("after", ride.now);
    ride.drain();
    RC_ASSERT(ride.got == before);
}

RC_GTEST_PROP(Pipe, RepeatsItselfForTheSameSeed, (std::uint64_t seed)) {
    const auto model = *any_model();
    const auto steps = any_steps();
    Ride first(model, seed), second(model, seed);
    for (Ride* ride : {&first, &second}) {
        ride->wander(steps);
        ride->drain();
    }
    RC_ASSERT(first.trace == second.trace);
}

RC_GTEST_PROP(Pipe, KeepsToItsJitterWhenTheLineIsIdle, (std::uint64_t seed)) {
    const LinkModel model{.latency = milliseconds(3), .jitter = milliseconds(2), .slice_probability = 0.5};
    Pipe pipe(model, Random(seed));
    pipe.write(std::string(40, 'x'), at(seconds(1)));
    std::size_t size = 0;
    while (const auto read = pipe.pop_due(at(seconds(1) + milliseconds(5)))) size += read->size();
    RC_ASSERT(size == 40u);
}

}  // namespace
}  // namespace hubbub
