#include "loadgen/report/summary_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace hubbub {
namespace {

constexpr std::size_t label_columns = 14;

// Code points, not bytes: every byte that does not continue one.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string wrapped(std::string_view label, const std::vector<std::string>& words,
                    std::string_view separator) {
    std::string out, line = "  " + padded(label, label_columns - 2, false);
    bool first = true;
    for (const std::string& word : words) {
        if (!first && columns_of(line) + separator.size() + columns_of(word) > summary_columns) {
            out += line + "\n";
            line = std::string(label_columns, ' ');
            first = true;
        }
        if (!first) line += separator;
        line += word;
        first = false;
    }
    return out + line + "\n";
}

}  // namespace

std::string span_text(double seconds) {
    if (std::isnan(seconds)) return "-";
    if (std::isinf(seconds)) return "never";
    char text[32];
    if (seconds < 0.001)
        std::snprintf(text, sizeof text, "%.0f us", seconds * 1e6);
    else if (seconds < 0.1)
        std::snprintf(text, sizeof text, "%.1f ms", seconds * 1e3);
    else if (seconds < 1)
        std::snprintf(text, sizeof text, "%.0f ms", seconds * 1e3);
    else
        std::snprintf(text, sizeof text, "%.2f s", seconds);
    return text;
}

std::string count_text(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return digits;
}

std::string labelled_list(std::string_view label, const std::vector<std::string>& words) {
    return wrapped(label, words, "  ");
}

std::string labelled_text(std::string_view label, std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(fitted(text.substr(0, end), summary_columns - label_columns));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return wrapped(label, words, " ");
}

std::string fitted(std::string_view text, std::size_t columns) {
    if (columns_of(text) <= columns) return std::string(text);
    std::size_t seen = 0, end = 0;
    for (; end < text.size(); ++end)
        if ((text[end] & 0xc0) != 0x80 && seen++ == columns - 1) break;
    return std::string(text.substr(0, end)) + "…";
}

std::string padded(std::string_view text, std::size_t columns, bool right) {
    const std::size_t own = columns_of(text);
    const std::string blanks(own < columns ? columns - own : 0, ' ');
    return right ? blanks + std::string(text) : std::string(text) + blanks;
}

}  // namespace hubbub
