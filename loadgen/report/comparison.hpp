// Whether one set of runs is better or worse than another. The run is the unit: what differs between two runs
// of the same thing is the noise that a difference must stand out from. Pure functions; one thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace hubbub {

enum class Change { same, better, worse, undecided };
std::string_view name(Change change);
/// 0 same or better, 99 worse, 5 undecided.
int exit_code(Change change);

struct ComparedRun {
    std::string file;
    boost::json::object result;  ///< as parse_result() gives it
};
struct Side {
    std::string name;
    std::vector<ComparedRun> runs;  ///< at least one
};

struct CompareOptions {
    double margin = 0.05;  ///< smaller changes are nobody's
    double least = 0;      ///< seconds: nor are changes of a latency by less
    /// `delivery.p99`, `delivery.p99{class=group}`, `rate.achieved`, `totals.reconnects`
    std::vector<std::string> figures = {"delivery.p50", "delivery.p99", "ack.p50", "ack.p99",
                                        "rate.achieved"};
};

/// With fewer on either side nothing is decided: what differs between runs is not known.
inline constexpr std::size_t runs_min = 3;

struct ComparedFigure {
    std::string name;
    bool seconds = false;                    ///< else a plain number
    bool more_is_better = false;             ///< rates; else less is
    std::vector<double> base, now;           ///< a value a run; NaN: not measured, +infinity: never arrived
    double base_middle = 0, now_middle = 0;  ///< geometric means
    double ratio = 0, low = 0, high = 0;     ///< now over base with its 95 % interval; NaN: there is none
    bool within_runs = false;  ///< the interval is of one run alone, blind to what differs between runs
    double effect = 0;         ///< Cliff's delta: +1 every run now is above every run before, -1 below
    Change change = Change::undecided;
    std::string why;
};

/// One side against the base.
struct Comparison {
    std::string name;
    std::vector<ComparedFigure> figures;
    Change change = Change::undecided;
    std::vector<std::string> notes;  ///< why it is undecided, or worse without a figure; what may mislead
};

/// Error: a figure that no result has, or whose name is none.
Result<std::vector<Comparison>> compare(const Side& base, const std::vector<Side>& others,
                                        const CompareOptions& options);
/// Of all: worse, else undecided, else same or better.
Change overall(const std::vector<Comparison>& comparisons);

/// Groups runs by a label, or by a dotted path into the result file. Error: a run has no such value, or there
/// are fewer than two groups. The first run's group is the base.
Result<std::vector<Side>> sides_by(const std::string& key, std::vector<ComparedRun> runs);

std::string comparison_text(const Side& base, const std::vector<Comparison>& comparisons, bool colour);
/// What the page of a comparison draws.
std::string comparison_json(const Side& base, const std::vector<Side>& others,
                            const std::vector<Comparison>& comparisons, const CompareOptions& options);

/// The value of one figure in one result. Error: its name is none.
Result<double> figure_of(const boost::json::object& result, const std::string& figure);

}  // namespace hubbub
