#include "base/random.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace hubbub {
namespace {

// xoshiro256** 1.0 written again from the paper (Blackman, Vigna, "Scrambled linear pseudorandom number
// generators", figure 3 and section 4), as the scalar steps that it lists.
struct Xoshiro256StarStar {
    std::uint64_t s0, s1, s2, s3;

    static std::uint64_t rotated(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    std::uint64_t operator()() {
        const std::uint64_t result = rotated(s1 * 5, 7) * 9;
        const std::uint64_t t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = rotated(s3, 45);
        return result;
    }
};

// SplitMix64 as published (Vigna, prng.di.unimi.it/splitmix64.c): a counter and a mixer.
struct SplitMix64 {
    std::uint64_t x;
    std::uint64_t operator()() {
        x += 0x9e3779b97f4a7c15;
        std::uint64_t z = x;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
};

TEST(Random, IsComparedWithAReferenceThatGivesThePublishedNumbers) {
    // The outputs for the state 1, 2, 3, 4 in the authors' C code (also the test vector of Rust's
    // rand_xoshiro).
    Xoshiro256StarStar reference{1, 2, 3, 4};
    for (const std::uint64_t expected : {11520ULL, 0ULL, 1509978240ULL, 1215971899390074240ULL})
        EXPECT_EQ(reference(), expected);
    SplitMix64 split{1234567};
    for (const std::uint64_t expected :
         {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL})
        EXPECT_EQ(split(), expected);
}

RC_GTEST_PROP(Random, GivesTheSequenceOfTheReference, (std::uint64_t seed)) {
    SplitMix64 split{seed};
    Xoshiro256StarStar reference{split(), split(), split(), split()};
    Random random(seed);
    for (int i = 0; i < 50; ++i) RC_ASSERT(random.next() == reference());
}

TEST(Random, MixesAWordAsSplitMixDoes) {
    static_assert(mix64(1234567) == 6457827717110365317ULL);
    EXPECT_NE(mix64(1, 2), mix64(2, 1));
    EXPECT_NE(mix64(1, 2, 3), mix64(1, 3, 2));
    EXPECT_NE(mix64(0, 0), mix64(0, 0, 0));
}

double chi_square(const std::vector<double>& observed, const std::vector<double>& probabilities,
                  double draws) {
    double sum = 0;
    for (std::size_t i = 0; i < observed.size(); ++i) {
        const double expected = draws * probabilities[i];
        sum += (observed[i] - expected) * (observed[i] - expected) / expected;
    }
    return sum;
}

TEST(Random, DrawsBelowABoundUniformly) {
    Random random(2026);
    constexpr int draws = 100'000;
    std::vector<double> observed(10);
    for (int i = 0; i < draws; ++i) ++observed[random.below(10)];
    // 27.88: the 99.9 % quantile of chi-square with 9 degrees of freedom.
    EXPECT_LT(chi_square(observed, std::vector<double>(10, 0.1), draws), 27.88);
}

TEST(Random, RejectsWhatWouldBiasALargeBound) {
    // 2^64 inputs on 3 * 2^62 values: without rejection every third value is met twice as often.
    Random random(2026);
    constexpr int draws = 30'000;
    std::vector<double> observed(3);
    for (int i = 0; i < draws; ++i) ++observed[random.below(3ULL << 62) % 3];
    // 13.82: the 99.9 % quantile with 2 degrees of freedom. The biased law gives more than 3000.
    EXPECT_LT(chi_square(observed, std::vector<double>(3, 1.0 / 3), draws), 13.82);
}

TEST(Random, DrawsZeroBelowOne) {
    Random random(1);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0u);
}

TEST(RandomDeathTest, HasNoValueBelowZero) {
    Random random(1);
    EXPECT_DEATH(random.below(0), "below 0");
}

RC_GTEST_PROP(Random, ChildStreamsDependOnTheSeedAndNotOnDraws,
              (std::uint64_t seed, const std::string& name, std::uint64_t number)) {
    const Random untouched(seed);
    Random drawn(seed);
    const int draws = *rc::gen::inRange(1, 20);
    for (int i = 0; i < draws; ++i) drawn.next();
    RC_ASSERT(untouched.child(name).next() == drawn.child(name).next());
    RC_ASSERT(untouched.child(number).next() == drawn.child(number).next());
    RC_ASSERT(untouched.child(name).next() != Random(seed ^ 1).child(name).next());
}

TEST(Random, GivesEachChildItsOwnStream) {
    const Random parent(7);
    std::set<std::uint64_t> first = {Random(7).next()};
    for (std::uint64_t number = 0; number < 10'000; ++number) {
        first.insert(parent.child(number).next());
        first.insert(parent.child(std::to_string(number)).next());
        first.insert(parent.child(number).child("x").next());
    }
    EXPECT_EQ(first.size(), 30'001u);
}

TEST(Random, TakesAllChancesOfOneAndNoneOfZero) {
    Random random(3);
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_TRUE(random.chance(1));
        EXPECT_FALSE(random.chance(0));
    }
}

struct Moments {
    double mean, variance;
};

template <class Draw>
Moments moments(int draws, Draw&& draw) {
    double sum = 0, squares = 0;
    for (int i = 0; i < draws; ++i) {
        const double x = draw();
        sum += x;
        squares += x * x;
    }
    const double mean = sum / draws;
    return {mean, squares / draws - mean * mean};
}

// Bounds below are 4 standard errors of the estimate with this many draws.
constexpr int many = 200'000;
const double root = std::sqrt(static_cast<double>(many));

TEST(Random, DrawsUnitsUniformlyBelowOne) {
    Random random(11);
    const auto [mean, variance] = moments(many, [&] {
        const double x = random.unit();
        EXPECT_TRUE(x >= 0 && x < 1);
        return x;
    });
    EXPECT_NEAR(mean, 0.5, 4 * std::sqrt(1.0 / 12) / root);
    EXPECT_NEAR(variance, 1.0 / 12, 4 * std::sqrt(1.0 / 180) / root);
}

TEST(Random, DrawsExponentialSpansOfTheMeanAndWithoutMemory) {
    Random random(12);
    int longer_than_mean = 0;
    const auto [mean, variance] = moments(many, [&] {
        const double x = random.exponential(5);
        longer_than_mean += x > 5;
        return x;
    });
    EXPECT_NEAR(mean, 5, 4 * 5 / root);
    EXPECT_NEAR(variance, 25, 4 * 25 * std::sqrt(8.0) / root);
    EXPECT_NEAR(longer_than_mean / static_cast<double>(many), std::exp(-1), 4 * 0.483 / root);
}

TEST(Random, DrawsStandardNormalValues) {
    Random random(13);
    int within_one = 0;
    const auto [mean, variance] = moments(many, [&] {
        const double x = random.normal();
        within_one += std::abs(x) < 1;
        return x;
    });
    EXPECT_NEAR(mean, 0, 4 / root);
    EXPECT_NEAR(variance, 1, 4 * std::sqrt(2.0) / root);
    EXPECT_NEAR(within_one / static_cast<double>(many), std::erf(std::sqrt(0.5)), 4 * 0.466 / root);
}

TEST(Random, DrawsLognormalValuesOfTheMedianAndSigma) {
    Random random(14);
    const auto [mean, variance] = moments(many, [&] { return std::log(random.lognormal(200, 0.5)); });
    EXPECT_NEAR(mean, std::log(200), 4 * 0.5 / root);
    EXPECT_NEAR(variance, 0.25, 4 * 0.25 * std::sqrt(2.0) / root);
}

class ZipfLaw : public testing::TestWithParam<double> {};

TEST_P(ZipfLaw, HasTheExactProbabilities) {
    const double s = GetParam();
    constexpr std::size_t ranks = 20;
    std::vector<double> probabilities(ranks), observed(ranks);
    double total = 0;
    for (std::size_t r = 0; r < ranks; ++r)
        total += probabilities[r] = std::pow(static_cast<double>(r + 1), -s);
    for (auto& p : probabilities) p /= total;
    const Zipf zipf(ranks, s);
    Random random(15);
    for (int i = 0; i < many; ++i) ++observed.at(zipf(random));
    // 43.82: the 99.9 % quantile of chi-square with 19 degrees of freedom.
    EXPECT_LT(chi_square(observed, probabilities, many), 43.82);
}

INSTANTIATE_TEST_SUITE_P(Exponents, ZipfLaw, testing::Values(0.2, 0.8, 1.0, 1.2, 3.0));

TEST(Zipf, KnowsOnlyRankZeroOfOne) {
    const Zipf zipf(1, 1.1);
    Random random(16);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(zipf(random), 0u);
}

TEST(Zipf, ReachesFarRanksOfALargePopulation) {
    constexpr std::uint64_t ranks = 10'000'000;
    const Zipf zipf(ranks, 1.0);
    Random random(17);
    int head = 0, tail = 0;
    for (int i = 0; i < many; ++i) {
        const auto rank = zipf(random);
        ASSERT_LT(rank, ranks);
        head += rank == 0;
        tail += rank >= ranks / 2;
    }
    // Harmonic numbers: H(n) = ln n + 0.57721566 + 1 / 2n.
    const double total = std::log(static_cast<double>(ranks)) + 0.57721566;
    EXPECT_NEAR(head / static_cast<double>(many), 1 / total, 4 * std::sqrt(1 / total) / root);
    EXPECT_NEAR(tail / static_cast<double>(many), std::log(2) / total,
                4 * std::sqrt(std::log(2) / total) / root);
}

}  // namespace
}  // namespace hubbub
