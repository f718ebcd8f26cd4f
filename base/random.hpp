// Seeded random numbers with our own distributions: the same on every library and machine, unlike std's.
// A value; each owner has its own child stream, so that one more draw somewhere never moves another stream.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace hubbub {

/// A mixing function for draws that must not depend on order or on threads: hash(seed, what, which).
/// SplitMix64 finalizer (Steele, Lea, Flood 2014) folded over the words.
constexpr std::uint64_t mix64(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}
constexpr std::uint64_t mix64(std::uint64_t a, std::uint64_t b) {
    return mix64(mix64(a) ^ b);
}
constexpr std::uint64_t mix64(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return mix64(mix64(a, b) ^ c);
}

/// xoshiro256** 1.0 (Blackman, Vigna 2018), seeded by SplitMix64.
class Random {
  public:
    explicit Random(std::uint64_t seed);

    /// An independent stream by name or number. Depends on this stream's seed only, never on draws made so
    /// far.
    [[nodiscard]] Random child(std::string_view name) const;
    [[nodiscard]] Random child(std::uint64_t number) const;

    std::uint64_t next();
    /// Uniform in [0, bound), without bias (Lemire 2019). bound > 0.
    std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1), 53 bits.
    double unit();
    bool chance(double probability) { return unit() < probability; }
    double exponential(double mean);
    /// Standard normal (Marsaglia's polar method, one value a call).
    double normal();
    double lognormal(double median, double sigma);
    [[nodiscard]] std::uint64_t seed() const { return seed_; }

  private:
    std::uint64_t seed_;
    std::array<std::uint64_t, 4> state_;
};

/// Ranks 0..n-1, rank r with weight 1 / (r + 1)^s, s > 0. Rejection-inversion (Hoermann, Derflinger 1996):
/// O(1), no table.
class Zipf {
  public:
    Zipf(std::uint64_t n, double s);
    std::uint64_t operator()(Random& random) const;

  private:
    [[nodiscard]] double h(double x) const;
    [[nodiscard]] double h_inverse(double x) const;
    std::uint64_t n_;
    double s_, h_x1_, h_n_, threshold_;
};

}  // namespace hubbub
