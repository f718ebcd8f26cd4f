#include "loadgen/runner/thread_seat.hpp"

#include <algorithm>

namespace hubbub {
namespace {

/// The loop keeps turn lengths by powers of two; the health guard wants them as latencies.
Histogram turn_lengths(const LoopStats& stats) {
    Histogram out;
    for (std::size_t i = 0; i < stats.lengths.size(); ++i)
        if (const std::uint64_t count = stats.lengths[i].get()) out.record(std::int64_t{1} << i, count);
    return out;
}

}  // namespace

ThreadSeat::ThreadSeat(const Plan& plan, WorkerShare share, RunKey key, const LoopOptions& dialing,
                       const WorkerOptions& options, const Clock& clock) {
    WorkerOptions worker_options = options;
    worker_options.endpoints = static_cast<std::uint32_t>(dialing.endpoints.size());
    for (std::uint32_t w = share.first; w < share.last; ++w) {
        LoopOptions own = dialing;
        own.seed = mix64(key.hash_key, w);
        // Neighbours begin with different addresses: each goes through them in turn.
        if (!own.sources.empty())
            std::rotate(own.sources.begin(), own.sources.begin() + w % own.sources.size(), own.sources.end());
        hosts_.push_back(
            std::make_unique<WorkerHost>(plan, plan.slice(w, share.of), key, own, clock, worker_options));
    }
    for (auto& host : hosts_) host->start();
}

SeatStatus ThreadSeat::order(const WorkerCommand& command) {
    for (auto& host : hosts_) host->order(command);
    return {};
}

SeatStatus ThreadSeat::add_statuses(std::vector<WorkerStatus>& out) {
    for (auto& host : hosts_) out.push_back(host->settled_status());
    return {};
}

SeatStatus ThreadSeat::raise_heads(std::vector<Sequence>& heads) {
    for (auto& host : hosts_)
        host->visit([&](Worker& worker) {
            const std::vector<Sequence>& own = worker.checker().acked_heads();
            for (std::size_t c = 0; c < heads.size(); ++c) heads[c] = std::max(heads[c], own[c]);
        });
    return {};
}

SeatStatus ThreadSeat::add_latencies(RunLatencies& sum) {
    for (auto& host : hosts_) host->visit([&](const Worker& worker) { add(sum, worker); });
    return {};
}

SeatStatus ThreadSeat::finish(SeatFindings& sum) {
    for (auto& host : hosts_) host->stop();
    for (auto& host : hosts_) {
        sum.workers.push_back(findings_of(host->worker()));
        const LoopStats& stats = host->loop_stats();
        sum.loop_lag += turn_lengths(stats);
        sum.system_calls += stats.waits.get() + stats.receives.get() + stats.sends.get();
    }
    return {};
}

}  // namespace hubbub
