#include "loadgen/scenario/slo.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/units.hpp"

namespace hubbub {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto latencies =
    std::to_array<std::string_view>({"delivery", "delivery_first", "delivery_last", "catch_up", "page", "ack",
                                     "typing", "connect", "reconnect", "presence", "receipt"});
constexpr auto counters = std::to_array<std::string_view>(
    {"lost",         "duplicate",  "duplicate_raw", "gap_live",      "gap_healed", "order",     "causality",
     "disagreement", "phantom",    "corrupt",       "leaked",        "history",    "reactions", "resume",
     "sent",         "acked",      "rejected",      "indeterminate", "unsent",     "expected",  "delivered",
     "missing",      "reconnects", "presence",      "receipts"});
/// Of the language, but nothing measures them yet: a level that nobody measures must not look like one that
/// is missed.
constexpr auto later_metrics = std::to_array<std::string_view>({"delivery_median"});
constexpr auto figures =
    std::to_array<std::string_view>({"p50", "p90", "p99", "p999", "max", "mean", "count", "errors"});
constexpr auto labels = std::to_array<std::string_view>({"class", "phase", "cohort", "kind", "fault"});
constexpr auto operators = std::to_array<std::string_view>({"<=", ">=", "==", "<", ">"});

bool contains(Words words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Reads the sentence from left to right; the first surprise is the error.
class SloReader {
  public:
    explicit SloReader(std::string_view text) : rest_(text) { slo_.text = text; }

    Result<Slo> read() {
        if (metric() && label_list() && comparison()) return std::move(slo_);
        return fail(quoted(slo_.text) + ": " + error_);
    }

  private:
    bool metric() {
        slo_.metric = word();
        // The one word that is both: `presence == 0` counts, `presence.p99 < 10s` takes a figure.
        skip_spaces();
        const bool timed = contains(latencies, slo_.metric) && rest_.starts_with(".");
        if (contains(counters, slo_.metric) && !timed) {
            if (!rest_.empty() && rest_[0] == '.')
                return refuse("the counter " + slo_.metric + " takes no figure");
            return true;
        }
        if (contains(later_metrics, slo_.metric))
            return refuse("`" + slo_.metric + "` is not built in this version");
        if (!contains(latencies, slo_.metric)) {
            std::vector<std::string_view> known(latencies.begin(), latencies.end());
            known.insert(known.end(), counters.begin(), counters.end());
            return refuse("unknown metric " + quoted(slo_.metric) + did_you_mean(slo_.metric, known));
        }
        if (!take("."))
            return refuse("expected a figure after " + slo_.metric + ", such as " + slo_.metric + ".p99");
        slo_.figure = word();
        if (!contains(figures, slo_.figure))
            return refuse("unknown figure " + quoted(slo_.figure) + did_you_mean(slo_.figure, figures));
        if (slo_.figure == "errors" && slo_.metric != "connect") return refuse("only connect has errors");
        return true;
    }

    bool label_list() {
        if (!take("{")) return true;
        do {
            const std::string name = word();
            if (!contains(labels, name))
                return refuse("unknown label " + quoted(name) + ": expected class, phase, cohort, kind or fault");
            if (!take("=")) return refuse("expected = after the label " + name);
            const std::string value = word();
            if (value.empty()) return refuse("expected a value for the label " + name);
            if (name == "class" && value != "direct" && value != "group" && value != "channel")
                return refuse("unknown class " + quoted(value) + ": expected direct, group or channel");
            if (name == "kind" && slo_.metric != "presence") return refuse("only presence has kinds");
            if (name == "cohort" && slo_.metric != "delivery" && slo_.metric != "ack")
                return refuse("only delivery and ack are measured by cohort");
            if (name == "class" && slo_.metric == "presence") return refuse("presence has no classes");
            if (name == "kind" && value != "graceful" && value != "away" && value != "silent")
                return refuse("unknown kind " + quoted(value) + ": expected graceful, away or silent");
            if (name == "fault" && slo_.metric != "reconnect")
                return refuse("only reconnect is told apart by faults");
            if (name == "fault" && parse_count(value).value_or(0) == 0)
                return refuse("expected the number of a fault, counted from 1");
            if (!slo_.labels.empty()) return refuse("one label at a time");
            slo_.labels.emplace(name, value);
        } while (take(","));
        if (!take("}")) return refuse("expected } after the labels");
        if (slo_.metric == "reconnect" && slo_.labels.contains("fault")) return true;
        if (slo_.metric != "ack" && slo_.metric != "catch_up" && slo_.metric != "page" &&
            slo_.metric != "typing" && slo_.metric != "presence" && !slo_.metric.starts_with("delivery"))
            return refuse(slo_.metric + " takes no labels");
        return true;
    }

    bool comparison() {
        for (const std::string_view op : operators) {
            if (!take(op)) continue;
            slo_.op = op;
            skip_spaces();
            return bound();
        }
        return refuse("expected <, <=, >, >= or == and a bound");
    }

    bool bound() {
        while (!rest_.empty() && rest_.back() == ' ') rest_.remove_suffix(1);
        if (slo_.figure.empty() || slo_.figure == "count") {
            const auto count = parse_count(rest_);
            if (!count) return refuse("expected a count such as 0 or 50k, not " + quoted(rest_));
            slo_.bound = static_cast<double>(*count);
        } else if (slo_.figure == "errors") {
            const auto share = parse_share(rest_);
            if (!share) return refuse("expected a share such as 0.1%, not " + quoted(rest_));
            slo_.bound = *share;
        } else {
            const auto span = parse_duration(rest_);
            if (!span) return refuse("expected a duration such as 500ms, not " + quoted(rest_));
            slo_.bound = to_seconds(*span);
        }
        return true;
    }

    std::string word() {
        skip_spaces();
        std::size_t n = 0;
        while (n < rest_.size() && is_word(rest_[n])) ++n;
        const std::string out(rest_.substr(0, n));
        rest_.remove_prefix(n);
        return out;
    }

    bool take(std::string_view what) {
        skip_spaces();
        if (!rest_.starts_with(what)) return false;
        rest_.remove_prefix(what.size());
        return true;
    }

    void skip_spaces() {
        while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
    }

    bool refuse(std::string why) {
        error_ = std::move(why);
        return false;
    }

    std::string_view rest_;
    Slo slo_;
    std::string error_;
};

}  // namespace

Result<Slo> parse_slo(std::string_view text) {
    return SloReader(text).read();
}

std::span<const std::string_view> slo_latencies() {
    return latencies;
}
std::span<const std::string_view> slo_counters() {
    return counters;
}
std::span<const std::string_view> slo_figures() {
    return figures;
}

}  // namespace hubbub
