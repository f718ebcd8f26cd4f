#include "refserver/core/sabotage.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace hubbub {
namespace {

constexpr std::array<std::string_view, sabotage_kinds> names = {
    "lose_after_ack",      "lose_for_one",  "drop_live",         "duplicate_entry",   "duplicate_raw",
    "swap_delivery",       "swap_order",    "wrong_sender",      "corrupt_body",      "disagree",
    "misdeliver",          "phantom",       "burn_sequence",     "lose_ack",          "late_delivery",
    "stale_history",       "history_skip",  "resume_skip",       "resume_repeat",     "wrong_epoch",
    "deliver_after_leave", "typing_leak",   "receipt_backwards", "receipt_too_high",  "presence_to_stranger",
    "false_offline",       "late_presence", "reaction_lost",     "reaction_invented",
};

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

std::string_view nearest(std::string_view text) {
    return *std::min_element(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
        return distance(text, a) < distance(text, b);
    });
}

template <class Number>
bool parse_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

/// "kind:rate" or "kind:rate" "x" "most". Returns what is wrong; empty: nothing.
std::string parse_item(std::string_view text, SabotagePlan::Item& item) {
    const std::size_t colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const auto known = sabotage_kind_from(kind);
    if (!known)
        return "unknown sabotage '" + std::string(kind) + "' (did you mean '" + std::string(nearest(kind)) +
               "'?)";
    item.kind = *known;
    if (colon == std::string_view::npos)
        return "sabotage '" + std::string(kind) + "' needs a rate, as in " + std::string(kind) + ":0.01";
    std::string_view rate = text.substr(colon + 1);
    if (const std::size_t cross = rate.find('x'); cross != std::string_view::npos) {
        if (!parse_number(rate.substr(cross + 1), item.most) || item.most == 0)
            return "'" + std::string(text) + "': after x stands how often at most, from 1";
        rate = rate.substr(0, cross);
    }
    if (!parse_number(rate, item.rate) || !(item.rate > 0) || item.rate > 1)
        return "'" + std::string(text) + "': a rate is a share above 0, up to 1";
    return {};
}

}  // namespace

std::string_view name(SabotageKind kind) {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<SabotageKind> sabotage_kind_from(std::string_view text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) return std::nullopt;
    return static_cast<SabotageKind>(found - names.begin());
}

bool harmless(SabotageKind kind) {
    return kind == SabotageKind::lose_ack || kind == SabotageKind::late_delivery;
}

SabotageParse parse_sabotage(std::string_view text, std::uint64_t seed) {
    SabotageParse parse;
    parse.plan.seed = seed;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        SabotagePlan::Item item;
        parse.error = parse_item(text.substr(0, comma), item);
        const bool twice = std::any_of(parse.plan.items.begin(), parse.plan.items.end(),
                                       [&](const auto& other) { return other.kind == item.kind; });
        if (parse.error.empty() && twice)
            parse.error = "sabotage '" + std::string(name(item.kind)) + "' is named twice";
        if (!parse.error.empty()) {
            parse.plan.items.clear();
            return parse;
        }
        parse.plan.items.push_back(item);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return parse;
}

}  // namespace hubbub
