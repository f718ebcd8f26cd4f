#include "loadgen/client/run_latencies.hpp"

namespace hubbub {

RunLatencies& RunLatencies::operator+=(const RunLatencies& other) {
    for (std::size_t what = 0; what < of.size(); ++what)
        for (std::size_t kind = 0; kind < of[what].size(); ++kind) of[what][kind] += other.of[what][kind];
    connect += other.connect;
    reconnect += other.reconnect;
    schedule_lag += other.schedule_lag;
    faults += other.faults;
    delivery_so_far += other.delivery_so_far;
    return *this;
}

void add(RunLatencies& sum, const Worker& worker) {
    const LatencyBook& book = worker.checker().latencies();
    for (std::size_t what = 0; what < sum.of.size(); ++what) {
        const LatencySeries& series = book.of(static_cast<Latency>(what));
        for (std::size_t kind = 0; kind < LatencySeries::classes; ++kind)
            for (std::size_t phase = 0; phase < series.phases(); ++phase)
                sum.of[what][kind] += series.cell(kind, phase);
    }
    sum.delivery_so_far += book.delivery_so_far();
    sum.connect += worker.connect_latency();
    sum.reconnect += worker.reconnect_latency();
    sum.schedule_lag += worker.schedule_lag();
    sum.faults += worker.faults();
}

}  // namespace hubbub
