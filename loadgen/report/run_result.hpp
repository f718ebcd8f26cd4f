// Everything a run found, as the result file, the end summary and the exit code need it.
// A value, made once at the end; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/check/judge.hpp"
#include "loadgen/client/fault_evidence.hpp"
#include "loadgen/report/fault_outcomes.hpp"

namespace hubbub {

enum class Verdict { pass, slo, violation, inconclusive, unverified, unreachable, interrupted, error };
std::string_view name(Verdict verdict);
/// 0 pass, 99 slo, 4 violation, 5 inconclusive and unverified, 3 unreachable, 130 interrupted, 70 error (2,
/// usage, has no result).
int exit_code(Verdict verdict);

struct Expectation {
    std::string text;
    double value = 0;  ///< seconds, share or count; NaN when nothing was measured (then not ok)
    double bound = 0;
    bool ok = false;
    bool latency = false;  ///< value and bound are seconds, and the generator's own lateness matters
};

/// How the generator itself fared: the guard that comes before any SLO.
struct GeneratorHealth {
    Histogram schedule_lag;  ///< first attempt minus intended time, us
    Histogram loop_lag;      ///< turn longer than wanted, us
    double cpu = 0;          ///< seconds of CPU per second of run, all workers
    double steal = 0;        ///< share of the machine's time taken by the hypervisor; -1 unknown
    bool guard_ok = true;
    std::vector<std::string> reasons;  ///< why SLO results do not count
};

struct ConnectionFigures {
    std::uint64_t connections = 0, connect_errors = 0, reconnects = 0;
    std::map<std::string, std::uint64_t> errors;  ///< grouped by stage, at most 100 and "other"
};

struct SeriesPoint {
    double t = 0;  ///< seconds since the run's epoch
    std::uint64_t users = 0, sent = 0, acked = 0, delivered = 0,
                  violations = 0;  ///< users: online now; the others: in this second
    double delivery_p50 = 0, delivery_p99 = 0;
    std::uint64_t reconnects = 0, connect_errors = 0;  ///< in this second
};

/// A phase as it came to be, the drain's parts too; seconds since the run's epoch.
struct PhaseSpan {
    std::string name;
    double started = 0, ended = 0;
};

struct RunInput {
    std::shared_ptr<const Plan> plan;
    Judgement judgement;
    ConnectionFigures connections;
    GeneratorHealth health;
    std::map<LatencyKey, Histogram> extra_latency;  ///< connect, reconnect
    std::vector<SeriesPoint> series;
    std::vector<PhaseSpan> phases;
    // Messages per second over measured load phases; induced: replies and edits, which nobody asked for.
    double requested_rate = 0, achieved_rate = 0, induced_rate = 0;
    double duration = 0;
    std::string started_at, command;
    std::map<std::string, std::string> environment;
    std::map<std::string, std::string> labels;  ///< what whoever ran it said about it
    FaultEvidence faults;  ///< of all workers, and of whoever led the run
    bool interrupted = false, unreachable = false;
    std::optional<Expectation> aborted = {};  ///< what expect.abort_on ended the run for
    std::string error;  ///< our own bug or a run that broke off; empty: none
};

struct RunResult {
    RunInput in;
    Verdict verdict = Verdict::error;
    std::vector<Verdict> all;  ///< every verdict that applies; `verdict` is the one with precedence
    std::vector<Expectation> expectations;
    std::vector<std::pair<std::string, std::uint64_t>> broken;
    std::vector<FaultOutcome> faults;
};

/// Applies the mode table, the guard and the SLOs. Precedence: error > unreachable > violation > interrupted
/// > inconclusive/unverified > slo > pass.
RunResult conclude(RunInput input);

/// Percentile with its 95 % interval by block bootstrap over seconds; nothing with fewer than 20 blocks.
struct Interval {
    double low = 0, high = 0;
};
std::optional<Interval> percentile_interval(const std::map<std::uint32_t, Histogram>& by_second,
                                            double percentile, std::uint64_t seed);

/// The result file (docs/RESULT.md): versioned JSON, times in seconds, +infinity as "+Inf".
std::string to_json(const RunResult& result);
/// The end summary: fits a screen; colour when asked.
std::string to_summary(const RunResult& result, bool colour);

}  // namespace hubbub
