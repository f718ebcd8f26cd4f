// Everything that is wrong with a scenario, collected and sorted, so that one look fixes all of it.
// A value inside one load; one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub {

/// Where a node of the document came from: the file (source 0), one that it extends, or a --set.
struct Mark {
    std::uint32_t source = 0;
    std::uint32_t line = 1, column = 1;  ///< from 1
    friend auto operator<=>(const Mark&, const Mark&) = default;
};

class ScenarioErrors {
  public:
    explicit ScenarioErrors(std::string file_name) : sources_{std::move(file_name)} {}

    /// Names a further source ("--set population.users=5"); its marks carry the returned number.
    std::uint32_t add_source(std::string name);
    [[nodiscard]] const std::vector<std::string>& sources() const { return sources_; }
    void add(Mark mark, std::string what);
    [[nodiscard]] bool empty() const { return errors_.empty(); }
    [[nodiscard]] std::size_t size() const { return errors_.size(); }
    /// One a line, in the order of the text: `file:line:column: what`.
    [[nodiscard]] std::string text() const;

  private:
    struct Item {
        Mark mark;
        std::string what;
    };
    std::vector<std::string> sources_;
    std::vector<Item> errors_;
};

/// The known word nearest to `word` by edit distance, when it is near enough to be meant; else empty.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);
/// " (did you mean 'x'?)" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);
/// The text in quotes, cut to 60 bytes and without control characters, so that an error stays one line.
std::string quoted(std::string_view text);

}  // namespace hubbub
