// One expiry and one arming with a million timers pending, beside the binary heap of the standard library.
#include <queue>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/timer_wheel.hpp"
#include "bench/figures.hpp"

namespace hubbub {
namespace {

constexpr std::size_t pending = 1'000'000;

// Heartbeats, retries and pauses: anything up to a minute.
Duration any_span(Random& random) {
    return Duration(static_cast<Duration::rep>(random.below(60'000'000'000)));
}

void rearm_peer(benchmark::State& state) {
    using Entry = std::pair<Time, std::uint32_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap;
    Random random(1);
    for (std::uint32_t i = 0; i < pending; ++i) heap.emplace(Time{} + any_span(random), i);
    for ([[maybe_unused]] auto step : state) {
        const auto [now, index] = heap.top();
        heap.pop();
        heap.emplace(now + any_span(random), index);
    }
}
BENCHMARK(rearm_peer)->Iterations(2'000'000);

void rearm(benchmark::State& state) {
    TimerWheel wheel(Time{});
    std::vector<TimerNode> nodes(pending);
    Random random(1);
    for (auto& node : nodes) wheel.arm(node, Time{} + any_span(random));
    std::size_t fired_ahead = 0;
    for ([[maybe_unused]] auto step : state) {
        while (fired_ahead == 0) {
            const Time now = wheel.next_deadline();
            wheel.advance(now, [&](TimerNode& node) {
                ++fired_ahead;
                wheel.arm(node, now + any_span(random));
            });
        }
        --fired_ahead;
    }
}
BENCHMARK(rearm)->Iterations(2'000'000);

}  // namespace
}  // namespace hubbub

int main(int argc, char** argv) {
    return hubbub::print_figures(argc, argv);
}
