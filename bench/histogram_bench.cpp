// What a recorded latency costs, beside keeping it in a vector; and a merge and a percentile of full
// histograms.
#include <array>

#include "base/histogram.hpp"
#include "base/random.hpp"
#include "bench/figures.hpp"

namespace hubbub {
namespace {

std::array<std::int64_t, 4096> latencies() {
    std::array<std::int64_t, 4096> out{};
    Random random(1);
    for (auto& value : out) value = static_cast<std::int64_t>(random.lognormal(20'000, 1));
    return out;
}

const auto values = latencies();

Histogram full() {
    Histogram histogram;
    for (const auto value : values) histogram.record(value);
    return histogram;
}

void record_peer(benchmark::State& state) {
    std::vector<std::int64_t> kept;
    std::size_t i = 0;
    for ([[maybe_unused]] auto step : state) kept.push_back(values[i++ % values.size()]);
    benchmark::DoNotOptimize(kept.data());
}
BENCHMARK(record_peer)->Iterations(20'000'000);

void record(benchmark::State& state) {
    Histogram histogram;
    std::size_t i = 0;
    for ([[maybe_unused]] auto step : state) histogram.record(values[i++ % values.size()]);
    benchmark::DoNotOptimize(histogram.count());
}
BENCHMARK(record)->Iterations(20'000'000);

void merge(benchmark::State& state) {
    Histogram sum;
    const Histogram one = full();
    for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(sum += one);
}
BENCHMARK(merge)->Iterations(20'000);

void percentile_99(benchmark::State& state) {
    const Histogram histogram = full();
    for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(histogram.percentile(99));
}
BENCHMARK(percentile_99)->Iterations(20'000);

}  // namespace
}  // namespace hubbub

int main(int argc, char** argv) {
    return hubbub::print_figures(argc, argv);
}
