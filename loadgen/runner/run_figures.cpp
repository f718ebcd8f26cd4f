#include "loadgen/runner/run_figures.hpp"

#include <algorithm>

#include "transport/metric_family.hpp"

namespace hubbub {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

struct Row {
    const char* name;
    const char* help;
    MetricType type;
    double (*read)(const WorkerStatus&);
};

template <auto Member>
double status_value(const WorkerStatus& s) {
    return static_cast<double>(s.*Member);
}
template <auto Member>
double live_value(const WorkerStatus& s) {
    return static_cast<double>(s.live.*Member);
}

constexpr Row rows[] = {
    {"users", "Users planned online", MetricType::Gauge, status_value<&WorkerStatus::users>},
    {"users_online", "Users resumed and live", MetricType::Gauge, status_value<&WorkerStatus::online>},
    {"connects_total", "Connections that became live", MetricType::Counter,
     status_value<&WorkerStatus::connects>},
    {"connect_errors_total", "Connections that did not", MetricType::Counter,
     status_value<&WorkerStatus::connect_errors>},
    {"reconnects_total", "Connections that became live again", MetricType::Counter,
     status_value<&WorkerStatus::reconnects>},
    {"sends_waiting", "Messages that are due and not sent yet", MetricType::Gauge,
     status_value<&WorkerStatus::waiting>},
    {"sends_in_flight", "Messages sent and not answered yet", MetricType::Gauge,
     status_value<&WorkerStatus::in_flight>},
    {"streams_owed", "Receivers behind the last acknowledged message, known at the drain", MetricType::Gauge,
     status_value<&WorkerStatus::owed>},
    {"sent_total", "Messages sent", MetricType::Counter, live_value<&Checker::Live::sent>},
    {"acked_total", "Messages acknowledged", MetricType::Counter, live_value<&Checker::Live::acked>},
    {"rejected_total", "Messages refused", MetricType::Counter, live_value<&Checker::Live::rejected>},
    {"delivered_total", "Deliveries judged", MetricType::Counter, live_value<&Checker::Live::delivered>},
    {"skipped_total", "Entries that the target announced to slow readers as not sent", MetricType::Counter,
     live_value<&Checker::Live::skipped>},
    {"gaps_healed_total", "Gaps that a resume or a repair closed", MetricType::Counter,
     live_value<&Checker::Live::gap_healed>},
};

struct LiveViolation {
    std::string_view kind;
    std::uint64_t Checker::Live::*counter;
};
/// What is known before the judge spoke. gap_healed is no violation of its own: it says how many gaps were
/// closed.
constexpr LiveViolation live_kinds[] = {
    {"duplicate", &Checker::Live::duplicate},
    {"duplicate_raw", &Checker::Live::duplicate_raw},
    {"gap_live", &Checker::Live::gap_live},
    {"order", &Checker::Live::order},
    {"leaked", &Checker::Live::leaked},
    {"history", &Checker::Live::history},
    {"corrupt", &Checker::Live::corrupt},
    {"phantom", &Checker::Live::phantom},
    {"disagreement", &Checker::Live::disagreement},
    {"resume", &Checker::Live::resume},
    {"receipts", &Checker::Live::receipts},
};

constexpr std::array verdicts = {Verdict::pass,         Verdict::slo,        Verdict::violation,
                                 Verdict::inconclusive, Verdict::unverified, Verdict::unreachable,
                                 Verdict::interrupted,  Verdict::error};

MetricFamily named(const std::string& name, const char* help, MetricType type) {
    return metric_family("hubbub_run_" + name, help, type);
}

}  // namespace

void add(WorkerStatus& sum, const WorkerStatus& one) {
    sum.users += one.users;
    sum.online += one.online;
    sum.gave_up += one.gave_up;
    sum.waiting += one.waiting;
    sum.in_flight += one.in_flight;
    sum.owed += one.owed;
    sum.audits_pending += one.audits_pending;
    sum.links_open += one.links_open;
    sum.connects += one.connects;
    sum.connect_errors += one.connect_errors;
    sum.reconnects += one.reconnects;
    for (const auto counter :
         {&Checker::Live::sent, &Checker::Live::acked, &Checker::Live::rejected, &Checker::Live::delivered,
          &Checker::Live::gap_healed, &Checker::Live::skipped})
        sum.live.*counter += one.live.*counter;
    for (const LiveViolation& kind : live_kinds) sum.live.*kind.counter += one.live.*kind.counter;
}

std::uint64_t live_violations(const Checker::Live& live) {
    std::uint64_t sum = 0;
    for (const LiveViolation& kind : live_kinds) sum += live.*kind.counter;
    return sum;
}

std::vector<std::pair<std::string, std::uint64_t>> live_violation_kinds(const Checker::Live& live) {
    std::vector<std::pair<std::string, std::uint64_t>> out;
    for (const LiveViolation& kind : live_kinds)
        if (const std::uint64_t count = live.*kind.counter; count > 0) out.emplace_back(kind.kind, count);
    return out;
}

RunFigures::RunFigures(const Scenario& scenario) : scenario_(scenario.name) {
    for (const TimedFault& fault : scenario.faults) fault_kinds_.push_back(kind_of(fault.deed));
    for (const Cohort& cohort : scenario.population.cohorts)
        network_kinds_.emplace_back(
            cohort.name, cohort.network.profile.empty() ? kind_of(cohort.network) : cohort.network.profile);
}

void RunFigures::update(const WorkerStatus& sum, std::string_view phase) {
    const std::lock_guard lock(mutex_);
    sum_ = sum;
    if (phase == phase_) return;
    phase_ = phase;
    phases_.insert(phase_);
}

void RunFigures::update(RunLatencies latencies) {
    const std::lock_guard lock(mutex_);
    latencies_ = std::move(latencies);
}

void RunFigures::finish(const RunResult& result) {
    const std::lock_guard lock(mutex_);
    const auto judged = [&result](std::string_view kind, std::size_t of_class) {
        const std::string label = "class=" + std::string(name(static_cast<ConversationClass>(of_class)));
        const auto found = result.in.judgement.latency.find({std::string(kind), label});
        return found == result.in.judgement.latency.end() ? Histogram{} : found->second;
    };
    for (std::size_t what = 0; what < latencies_.of.size(); ++what)
        for (std::size_t kind = 0; kind < LatencySeries::classes; ++kind)
            latencies_.of[what][kind] = judged(latency_names[what], kind);
    const auto of_workers = [&result](const std::string& kind) {
        const auto found = result.in.extra_latency.find({kind, ""});
        return found == result.in.extra_latency.end() ? Histogram{} : found->second;
    };
    latencies_.connect = of_workers("connect");
    latencies_.reconnect = of_workers("reconnect");
    latencies_.schedule_lag = result.in.health.schedule_lag;
    latencies_.faults = result.in.faults;
    Ending ending{result.verdict, result.in.judgement.violations, result.in.judgement.not_checked, {}};
    for (const Expectation& expectation : result.expectations)
        ending.expectations.emplace_back(expectation.text, expectation.ok);
    ending_ = std::move(ending);
}

std::vector<MetricFamily> RunFigures::Collect() const {
    const std::lock_guard lock(mutex_);
    std::vector<MetricFamily> out;
    for (const Row& row : rows) {
        out.push_back(named(row.name, row.help, row.type));
        add_sample(out.back(), {}, row.read(sum_));
    }
    add_violations(out);
    add_latencies(out);
    add_faults(out);
    add_stages(out);
    return out;
}

void RunFigures::add_violations(std::vector<MetricFamily>& out) const {
    out.push_back(named("violations_total",
                        "Wrongs found so far, by counter; losses are known at the end only",
                        MetricType::Counter));
    const auto tell = [&out](std::string_view kind, std::uint64_t count) {
        add_sample(out.back(), {{"kind", std::string(kind)}}, static_cast<double>(count));
    };
    // What was not looked at has no sample: a 0 would say that it was right.
    if (!ending_) {
        for (const LiveViolation& kind : live_kinds) tell(kind.kind, sum_.live.*kind.counter);
        return;
    }
    const auto& blind = ending_->not_checked;
    for (const Counter& counter : counters)
        if (counter.name != "gap_healed" &&
            std::find(blind.begin(), blind.end(), counter.name) == blind.end())
            tell(counter.name, ending_->violations.*counter.count);
}

void RunFigures::add_latencies(std::vector<MetricFamily>& out) const {
    const auto by_class = [&](const char* metric, const char* help, Latency what) {
        out.push_back(named(metric, help, MetricType::Histogram));
        const RunLatencies::ByClass& of = latencies_.of[static_cast<std::size_t>(what)];
        for (std::size_t kind = 0; kind < of.size(); ++kind)
            add_histogram(out.back(), {{"class", std::string(name(static_cast<ConversationClass>(kind)))}},
                          of[kind]);
    };
    const auto plain = [&out](const char* metric, const char* help, const Histogram& of) {
        out.push_back(named(metric, help, MetricType::Histogram));
        add_histogram(out.back(), {}, of);
    };
    by_class("delivery_latency_seconds",
             "From the intended send time to each receiver, measured phases only; what never came is +Inf, "
             "once the run is over",
             Latency::delivery);
    by_class("ack_latency_seconds", "From the intended send time to the acknowledgement, likewise",
             Latency::ack);
    const auto all_classes = [&](const char* metric, const char* help, Latency what) {
        Histogram sum;
        for (const Histogram& one : latencies_.of[static_cast<std::size_t>(what)]) sum += one;
        plain(metric, help, sum);
    };
    all_classes("catch_up_latency_seconds",
                "From a planned return to what was sent meanwhile, measured phases only", Latency::catch_up);
    all_classes("receipt_latency_seconds", "From a receipt to whoever is told of it, likewise",
                Latency::receipt);
    all_classes("typing_latency_seconds", "From typing to whoever is told of it, likewise", Latency::typing);
    all_classes("presence_latency_seconds", "From a change of presence to whoever watches, likewise",
                Latency::presence);
    plain("connect_latency_seconds", "From the dial to a live session, the first time", latencies_.connect);
    plain("reconnect_latency_seconds", "From a lost connection to a live session", latencies_.reconnect);
    plain("schedule_lag_seconds", "How much later than intended the generator itself sent",
          latencies_.schedule_lag);
}

void RunFigures::add_faults(std::vector<MetricFamily>& out) const {
    const FaultEvidence& seen = latencies_.faults;
    out.push_back(named("healed_by_resume_total", "Entries that came by the catch-up of a resume",
                        MetricType::Counter));
    add_sample(out.back(), {}, static_cast<double>(seen.healed_by_resume));
    const auto by_fault = [&](const char* metric, const char* help, MetricType type, auto&& read) {
        MetricFamily family = named(metric, help, type);
        for (std::size_t f = 0; f < std::min(fault_kinds_.size(), seen.faults.size()); ++f)
            add_sample(family, {{"fault", std::to_string(f + 1)}, {"kind", fault_kinds_[f]}, {"cohort", ""}},
                       static_cast<double>(read(seen.faults[f])));
        for (std::size_t c = 0; c < std::min(network_kinds_.size(), seen.networks.size()); ++c)
            if (!network_kinds_[c].second.empty())
                add_sample(family,
                           {{"fault", "network"},
                            {"kind", network_kinds_[c].second},
                            {"cohort", network_kinds_[c].first}},
                           static_cast<double>(read(seen.networks[c])));
        if (!fault_kinds_.empty() || !seen.networks.empty()) out.push_back(std::move(family));
    };
    by_fault("fault_bites_total", "How often a fault of the scenario, or a cohort's network, did its work",
             MetricType::Counter, [](const FaultMarks& marks) { return marks.fired; });
    by_fault("fault_connections_total", "Connections that met it", MetricType::Counter,
             [](const FaultMarks& marks) { return marks.affected; });
    by_fault("fault_lost_sessions_total", "Sessions that were lost while it lasted", MetricType::Counter,
             [](const FaultMarks& marks) { return marks.lost; });
    by_fault("fault_returned_sessions_total", "Of these, those that are live again", MetricType::Counter,
             [](const FaultMarks& marks) { return marks.back.count(); });
    by_fault("fault_active", "1 while it lasts", MetricType::Gauge,
             [](const FaultMarks& marks) { return marks.started_us != 0 && marks.ended_us == 0 ? 1 : 0; });
}

void RunFigures::add_stages(std::vector<MetricFamily>& out) const {
    out.push_back(named("info", "1, with the scenario's name", MetricType::Gauge));
    add_sample(out.back(), {{"scenario", scenario_}}, 1);
    out.push_back(named("phase", "1 for the phase that runs, 0 for those before it", MetricType::Gauge));
    for (const std::string& phase : phases_)
        add_sample(out.back(), {{"phase", phase}}, phase == phase_ && !ending_ ? 1 : 0);
    out.push_back(named("finished", "1 once the verdict is known", MetricType::Gauge));
    add_sample(out.back(), {}, ending_ ? 1 : 0);
    out.push_back(named("verdict", "1 for the verdict of the run, all 0 before it", MetricType::Gauge));
    for (const Verdict verdict : verdicts)
        add_sample(out.back(), {{"verdict", std::string(name(verdict))}},
                   ending_ && ending_->verdict == verdict ? 1 : 0);
    if (!ending_ || ending_->expectations.empty()) return;
    out.push_back(
        named("expectation_met", "1 for each service level of the scenario that held", MetricType::Gauge));
    for (const auto& [text, ok] : ending_->expectations)
        add_sample(out.back(), {{"expectation", text}}, ok ? 1 : 0);
}

}  // namespace hubbub
