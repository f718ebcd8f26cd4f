#include "loadgen/check/violations.hpp"

namespace hubbub {

bool must_be_zero(std::string_view counter, DeliveryMode mode, OrderMode order) {
    if (counter == "gap_healed") return false;  // a figure, not a fault
    if (counter == "lost" || counter == "gap_live") return mode != DeliveryMode::at_most_once;
    if (counter == "duplicate_raw") return mode == DeliveryMode::at_most_once;
    if (counter == "duplicate") return mode != DeliveryMode::at_least_once;
    if (counter == "order") return order != OrderMode::none;
    if (counter == "causality") return order == OrderMode::causal;
    return true;
}

std::vector<std::pair<std::string, std::uint64_t>> broken(const Violations& violations, DeliveryMode mode,
                                                          OrderMode order) {
    std::vector<std::pair<std::string, std::uint64_t>> out;
    for (const Counter& counter : counters) {
        const std::uint64_t count = violations.*counter.count;
        if (count > 0 && must_be_zero(counter.name, mode, order)) out.emplace_back(counter.name, count);
    }
    return out;
}

std::vector<std::pair<std::string, std::uint64_t>> by_name(const Violations& violations) {
    std::vector<std::pair<std::string, std::uint64_t>> out;
    for (const Counter& counter : counters) out.emplace_back(counter.name, violations.*counter.count);
    return out;
}

}  // namespace hubbub
