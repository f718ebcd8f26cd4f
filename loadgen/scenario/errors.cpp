#include "loadgen/scenario/errors.hpp"

#include <algorithm>
#include <numeric>

#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::uint32_t ScenarioErrors::add_source(std::string name) {
    sources_.push_back(std::move(name));
    return static_cast<std::uint32_t>(sources_.size() - 1);
}

void ScenarioErrors::add(Mark mark, std::string what) {
    if (errors_.size() < limits::scenario_errors_max) errors_.push_back({mark, std::move(what)});
}

std::string ScenarioErrors::text() const {
    std::vector<Item> sorted = errors_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Item& a, const Item& b) { return a.mark < b.mark; });
    std::string out;
    for (const Item& item : sorted) {
        if (!out.empty()) out += '\n';
        out += sources_[item.mark.source] + ":" + std::to_string(item.mark.line) + ":" +
               std::to_string(item.mark.column) + ": " + item.what;
    }
    if (errors_.size() == limits::scenario_errors_max) out += "\n(further errors are not shown)";
    return out;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    if (word.size() > 64) return {};  // nobody meant that, and the distance is quadratic
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
    const std::string_view near = nearest(word, known);
    return near.empty() ? std::string() : " (did you mean '" + std::string(near) + "'?)";
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text.substr(0, 60))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out + (text.size() > 60 ? "...'" : "'");
}

}  // namespace hubbub
