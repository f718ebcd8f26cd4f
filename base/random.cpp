#include "base/random.hpp"

#include <bit>
#include <cmath>

#include "base/assert.hpp"

namespace hubbub {
namespace {

constexpr std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

// log(1 + x) / x and (exp(x) - 1) / x, steady near 0.
double log1p_ratio(double x) {
    return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x * (0.5 - x / 3);
}
double expm1_ratio(double x) {
    return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x * (0.5 + x / 6);
}

}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed), state_{} {
    std::uint64_t word = seed;
    for (auto& s : state_) {
        s = mix64(word);
        word += 0x9e3779b97f4a7c15ULL;
    }
}

Random Random::child(std::string_view name) const {
    return Random(mix64(seed_, fnv1a(name)));
}
Random Random::child(std::uint64_t number) const {
    return Random(mix64(seed_, 0x6368696c64ULL, number));
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
    HUBBUB_ASSERT(bound > 0, "a draw below 0 has no value");
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    auto low = static_cast<std::uint64_t>(product);
    if (low < bound) {
        const std::uint64_t threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = static_cast<Wide>(next()) * bound;
            low = static_cast<std::uint64_t>(product);
        }
    }
    return static_cast<std::uint64_t>(product >> 64);
}

double Random::unit() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double Random::exponential(double mean) {
    return -mean * std::log1p(-unit());
}

double Random::normal() {
    while (true) {
        const double u = 2 * unit() - 1;
        const double v = 2 * unit() - 1;
        const double s = u * u + v * v;
        if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
    }
}

double Random::lognormal(double median, double sigma) {
    return median * std::exp(sigma * normal());
}

Zipf::Zipf(std::uint64_t n, double s) : n_(n), s_(s), h_x1_(0), h_n_(0), threshold_(0) {
    HUBBUB_ASSERT(n > 0 && s > 0, "a zipf law needs ranks and a positive exponent");
    h_x1_ = h(1.5) - 1;
    h_n_ = h(static_cast<double>(n) + 0.5);
    threshold_ = 2 - h_inverse(h(2.5) - std::pow(2.0, -s));
}

double Zipf::h(double x) const {
    const double log_x = std::log(x);
    return expm1_ratio((1 - s_) * log_x) * log_x;
}

double Zipf::h_inverse(double x) const {
    double t = x * (1 - s_);
    if (t < -1) t = -1;
    return std::exp(log1p_ratio(t) * x);
}

std::uint64_t Zipf::operator()(Random& random) const {
    while (true) {
        const double u = h_n_ + random.unit() * (h_x1_ - h_n_);
        const double x = h_inverse(u);
        double k = std::floor(x + 0.5);
        if (k < 1) k = 1;
        if (k > static_cast<double>(n_)) k = static_cast<double>(n_);
        if (k - x <= threshold_ || u >= h(k + 0.5) - std::exp(-s_ * std::log(k)))
            return static_cast<std::uint64_t>(k) - 1;
    }
}

}  // namespace hubbub
