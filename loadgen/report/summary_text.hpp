// Words and columns of the end summary: spans of time, wrapped lists, lines that fit a terminal.
// Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub {

/// Columns of the end summary: what a terminal of 100 columns shows without wrapping.
inline constexpr std::size_t summary_columns = 100;

/// "830 us", "1.7 ms", "2.41 s"; "never" for +infinity, "-" for nothing. Seconds in.
std::string span_text(double seconds);
/// "1234567" as "1,234,567".
std::string count_text(std::uint64_t count);
/// Items behind a label of 14 columns, two blanks between them, wrapped between items.
std::string labelled_list(std::string_view label, const std::vector<std::string>& words);
/// A sentence behind a label, wrapped between words.
std::string labelled_text(std::string_view label, std::string_view text);
/// Cut to `columns` code points, with an ellipsis when something is cut.
std::string fitted(std::string_view text, std::size_t columns);
/// Padded with blanks to `columns` code points; to the right when `right`.
std::string padded(std::string_view text, std::size_t columns, bool right);

}  // namespace hubbub
