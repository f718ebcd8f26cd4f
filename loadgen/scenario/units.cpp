#include "loadgen/scenario/units.hpp"

#include <array>
#include <cmath>
#include <span>

namespace hubbub {
namespace {

/// An exact decimal: digits / 10^decimals.
struct Decimal {
    std::uint64_t digits = 0;
    unsigned decimals = 0;
};

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array<Unit, 4> count_units = {{{"", 1}, {"k", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}}};
constexpr std::array<Unit, 5> time_units = {{{"us", 1'000},
                                             {"ms", 1'000'000},
                                             {"s", 1'000'000'000},
                                             {"m", 60'000'000'000},
                                             {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 6> byte_units = {
    {{"", 1}, {"B", 1}, {"KB", 1'000}, {"MB", 1'000'000}, {"KiB", 1'024}, {"MiB", 1'048'576}}};
/// Enough for every value of the language; with it nothing below overflows 128 bits.
constexpr unsigned digits_max = 18;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes a decimal off the front of `text`.
std::optional<Decimal> take_decimal(std::string_view& text) {
    Decimal out;
    unsigned digits = 0;
    std::size_t i = 0;
    bool point = false;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        const bool between = i > 0 && is_digit(text[i - 1]) && i + 1 < text.size() && is_digit(text[i + 1]);
        if (is_digit(c)) {
            if (++digits > digits_max) return std::nullopt;
            out.digits = out.digits * 10 + static_cast<std::uint64_t>(c - '0');
            if (point) ++out.decimals;
        } else if (c == '.' && between && !point) {
            point = true;
        } else if (!(c == '_' && between && !point)) {
            break;
        }
    }
    const bool leading_zero = i > 1 && text[0] == '0' && text[1] != '.';
    if (digits == 0 || leading_zero) return std::nullopt;
    text.remove_prefix(i);
    return out;
}

/// decimal * unit, when it is a whole number.
std::optional<std::uint64_t> whole(std::string_view text, std::span<const Unit> units) {
    const auto decimal = take_decimal(text);
    if (!decimal) return std::nullopt;
    for (const Unit& unit : units) {
        if (unit.name != text) continue;
        __extension__ using Wide = unsigned __int128;
        Wide value = static_cast<Wide>(decimal->digits) * unit.factor;
        for (unsigned i = 0; i < decimal->decimals; ++i) {
            if (value % 10 != 0) return std::nullopt;
            value /= 10;
        }
        if (value > INT64_MAX) return std::nullopt;
        return static_cast<std::uint64_t>(value);
    }
    return std::nullopt;
}

double as_double(const Decimal& decimal) {
    return static_cast<double>(decimal.digits) / std::pow(10.0, decimal.decimals);
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
    return whole(text, count_units);
}

std::optional<double> parse_number(std::string_view text) {
    const auto decimal = take_decimal(text);
    return decimal && text.empty() ? std::optional(as_double(*decimal)) : std::nullopt;
}

std::optional<double> parse_share(std::string_view text) {
    const auto decimal = take_decimal(text);
    // Divided once, so that 29.9% is the double nearest to 0.299.
    return decimal && text == "%" ? std::optional(as_double({decimal->digits, decimal->decimals + 2}))
                                  : std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) {
    const auto value = whole(text, time_units);
    return value ? std::optional(Duration{static_cast<std::int64_t>(*value)}) : std::nullopt;
}

std::optional<double> parse_rate(std::string_view text) {
    const auto decimal = take_decimal(text);
    if (!decimal || text.size() < 2) return std::nullopt;
    double factor = 1;
    if (text[0] != '/') {
        for (const Unit& unit : count_units)
            if (unit.name == text.substr(0, 1)) factor = static_cast<double>(unit.factor);
        if (factor == 1) return std::nullopt;
        text.remove_prefix(1);
    }
    const double count = as_double(*decimal) * factor;
    if (text == "/s") return count;
    if (text == "/m") return count / 60;
    if (text == "/h") return count / 3600;
    return std::nullopt;
}

std::optional<Rates> parse_rates(std::string_view text) {
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) {
        const auto rate = parse_rate(text);
        return rate ? std::optional(Rates{*rate, *rate, false}) : std::nullopt;
    }
    const auto from = parse_rate(text.substr(0, dots));
    const auto to = parse_rate(text.substr(dots + 2));
    return from && to ? std::optional(Rates{*from, *to, true}) : std::nullopt;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    return whole(text, byte_units);
}

}  // namespace hubbub
