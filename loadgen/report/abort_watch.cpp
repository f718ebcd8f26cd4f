#include "loadgen/report/abort_watch.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "loadgen/report/expectations.hpp"
#include "loadgen/scenario/abort_on.hpp"

namespace hubbub {
namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

struct LiveCounter {
    std::string_view name;
    std::uint64_t (*read)(const WorkerStatus&);
};
template <auto Member>
std::uint64_t live(const WorkerStatus& status) {
    return status.live.*Member;
}
/// In the order of abort_counters, and all of them but `lost`.
constexpr std::array live_counters = {
    LiveCounter{"duplicate", live<&Checker::Live::duplicate>},
    LiveCounter{"duplicate_raw", live<&Checker::Live::duplicate_raw>},
    LiveCounter{"gap_live", live<&Checker::Live::gap_live>},
    LiveCounter{"gap_healed", live<&Checker::Live::gap_healed>},
    LiveCounter{"order", live<&Checker::Live::order>},
    LiveCounter{"disagreement", live<&Checker::Live::disagreement>},
    LiveCounter{"phantom", live<&Checker::Live::phantom>},
    LiveCounter{"corrupt", live<&Checker::Live::corrupt>},
    LiveCounter{"leaked", live<&Checker::Live::leaked>},
    LiveCounter{"history", live<&Checker::Live::history>},
    LiveCounter{"receipts", live<&Checker::Live::receipts>},
    LiveCounter{"resume", live<&Checker::Live::resume>},
    LiveCounter{"sent", live<&Checker::Live::sent>},
    LiveCounter{"acked", live<&Checker::Live::acked>},
    LiveCounter{"rejected", live<&Checker::Live::rejected>},
    LiveCounter{"delivered", live<&Checker::Live::delivered>},
    LiveCounter{"reconnects", [](const WorkerStatus& s) { return s.reconnects; }},
};

template <class Read>
double sum_of(std::span<const WorkerStatus> workers, Read&& read) {
    std::uint64_t sum = 0;
    for (const WorkerStatus& worker : workers) sum += read(worker);
    return static_cast<double>(sum);
}

double connect_errors(std::span<const WorkerStatus> workers) {
    const double failed = sum_of(workers, [](const WorkerStatus& s) { return s.connect_errors; });
    const double all = failed + sum_of(workers, [](const WorkerStatus& s) { return s.connects; });
    return all > 0 ? failed / all : not_known;
}

/// Of all classes, or of the one that the sentence names.
Histogram of_classes(const RunLatencies::ByClass& by_class, const Slo& slo) {
    Histogram sum;
    for (std::size_t kind = 0; kind < by_class.size(); ++kind) {
        const auto wanted = slo.labels.find("class");
        if (wanted == slo.labels.end() || wanted->second == name(static_cast<ConversationClass>(kind)))
            sum += by_class[kind];
    }
    return sum;
}

double latency(const Slo& slo, const RunLatencies& latencies) {
    Histogram all;
    if (slo.metric == "connect") {
        all = latencies.connect;
    } else if (slo.metric == "reconnect") {
        all = latencies.reconnect;
    } else {
        const auto place = std::find(latency_names.begin(), latency_names.end(), slo.metric);
        if (place == latency_names.end()) return not_known;
        all = of_classes(latencies.of[static_cast<std::size_t>(place - latency_names.begin())], slo);
    }
    if (slo.figure != "count" && all.count() < AbortWatch::least_observations) return not_known;
    return latency_figure(all, slo.figure);
}

}  // namespace

bool AbortWatch::wants_latencies() const {
    return std::any_of(sentences_.begin(), sentences_.end(),
                       [](const Slo& slo) { return !slo.figure.empty() && slo.figure != "errors"; });
}

std::optional<Expectation> AbortWatch::look(std::span<const WorkerStatus> workers,
                                            const RunLatencies* latencies, double t) {
    if (said_) return std::nullopt;
    note_open_gaps(workers, t);
    for (const Slo& slo : sentences_) {
        const double value = value_of(slo, workers, latencies);
        if (!holds(value, slo.op, slo.bound)) continue;
        said_ = true;
        return Expectation{"aborted on " + slo.text, value, slo.bound, false, is_latency(slo)};
    }
    return std::nullopt;
}

double AbortWatch::value_of(const Slo& slo, std::span<const WorkerStatus> workers,
                            const RunLatencies* latencies) const {
    if (slo.metric == "lost") return lost();
    if (slo.figure == "errors") return connect_errors(workers);
    if (!slo.figure.empty()) return latencies == nullptr ? not_known : latency(slo, *latencies);
    for (const LiveCounter& counter : live_counters)
        if (counter.name == slo.metric) return sum_of(workers, counter.read);
    return not_known;
}

void AbortWatch::note_open_gaps(std::span<const WorkerStatus> workers, double t) {
    std::uint64_t opened = 0, closed = 0;
    for (const WorkerStatus& worker : workers) {
        opened += worker.live.gap_live;
        closed += worker.live.gap_healed;
    }
    while (!open_gaps_.empty() && open_gaps_.front().t < t - lost_after) {
        open_gaps_.erase(open_gaps_.begin());
        full_ = true;
    }
    open_gaps_.push_back({t, opened > closed ? opened - closed : 0});
}

/// So many were open at every look.
double AbortWatch::lost() const {
    if (!full_) return 0;
    const auto least =
        std::min_element(open_gaps_.begin(), open_gaps_.end(),
                         [](const OpenGaps& a, const OpenGaps& b) { return a.entries < b.entries; });
    return static_cast<double>(least->entries);
}

}  // namespace hubbub
