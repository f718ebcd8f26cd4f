// The keys of a delay, for whoever has one: `delay: 5s`, or `delay: {median: 3s, p99: 30s}`, or the same
// under `lognormal`. Constants; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/scenario/keys.hpp"

namespace hubbub {

/// A path as a template argument, so that the table's views of it live for ever.
template <std::size_t n>
struct PathText {
    std::array<char, n> text{};
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is the argument.
    constexpr PathText(const char (&literal)[n]) { std::copy_n(literal, n, text.begin()); }
};

namespace delay_keys_detail {

template <PathText path, PathText tail>
constexpr auto joined = [] {
    std::array<char, path.text.size() + tail.text.size() - 1> out{};
    auto at = std::copy_n(path.text.begin(), path.text.size() - 1, out.begin());
    std::copy(tail.text.begin(), tail.text.end(), at);
    return out;
}();

template <PathText path, PathText tail>
constexpr std::string_view under{joined<path, tail>.data(), joined<path, tail>.size() - 1};

/// A median alone is a lognormal law with a tail this long: people's pauses spread over a decade.
constexpr int tail_without_p99 = 10;

}  // namespace delay_keys_detail

/// `get(draft)`: where the delay is kept. `need`, `fallback`: of the whole.
template <PathText path, Delay& (*get)(Draft&)>
constexpr std::array<Key, 6> delay_keys(std::string_view doc, Need need, std::string_view fallback = {}) {
    using delay_keys_detail::under;
    constexpr auto fixed = [](Draft& d, const Value& v) { get(d) = {v.span, v.span}; };
    constexpr auto median = [](Draft& d, const Value& v) {
        get(d) = {v.span, v.span * delay_keys_detail::tail_without_p99};
    };
    constexpr auto p99 = [](Draft& d, const Value& v) { get(d).p99 = v.span; };
    constexpr std::string_view median_doc = "Half of the times are below.";
    constexpr std::string_view p99_doc = "99% of the times are below. Without it: ten times the median.";
    return {{
        {.path = under<path, "">,
         .type = KeyType::duration,
         .need = need,
         .fallback = fallback,
         .doc = doc,
         .set = fixed},
        {.path = under<path, ".median">, .type = KeyType::duration, .doc = median_doc, .set = median},
        {.path = under<path, ".p99">, .type = KeyType::duration, .doc = p99_doc, .set = p99},
        {.path = under<path, ".lognormal">, .type = KeyType::map, .doc = "The same, with its law's name."},
        {.path = under<path, ".lognormal.median">,
         .type = KeyType::duration,
         .need = Need::required,
         .doc = median_doc,
         .set = median},
        {.path = under<path, ".lognormal.p99">, .type = KeyType::duration, .doc = p99_doc, .set = p99},
    }};
}

/// Several pieces of a table as one.
template <std::size_t... n>
std::vector<Key> joined_keys(const std::array<Key, n>&... parts) {
    std::vector<Key> out;
    (out.insert(out.end(), parts.begin(), parts.end()), ...);
    return out;
}

/// How a delay must fit together, once everything is read; `path` as in the file.
inline void check_delay(DraftView& view, const std::string& path, const Delay& delay) {
    if (delay.median <= Duration{} && delay.p99 > Duration{})
        view.refuse(path, path + ": a median is missing");
    else if (delay.p99 < delay.median)
        view.refuse(path, path + ": p99 is below the median");
}

}  // namespace hubbub
