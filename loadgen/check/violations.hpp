// The counters of docs/CHECKS.md, their names, and which of them must be 0 in which mode.
// Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

struct Violations {
    std::uint64_t lost = 0, duplicate = 0, duplicate_raw = 0, gap_live = 0, gap_healed = 0, order = 0,
                  causality = 0, disagreement = 0, phantom = 0, corrupt = 0, leaked = 0, history = 0,
                  receipts = 0, reactions = 0, presence = 0, resume = 0;
    friend bool operator==(const Violations&, const Violations&) = default;
};

struct Counter {
    std::string_view name;
    std::uint64_t Violations::*count;
};

/// In the order of the report.
inline constexpr std::array counters = {
    Counter{"lost", &Violations::lost},
    Counter{"duplicate", &Violations::duplicate},
    Counter{"duplicate_raw", &Violations::duplicate_raw},
    Counter{"gap_live", &Violations::gap_live},
    Counter{"gap_healed", &Violations::gap_healed},
    Counter{"order", &Violations::order},
    Counter{"causality", &Violations::causality},
    Counter{"disagreement", &Violations::disagreement},
    Counter{"phantom", &Violations::phantom},
    Counter{"corrupt", &Violations::corrupt},
    Counter{"leaked", &Violations::leaked},
    Counter{"history", &Violations::history},
    Counter{"receipts", &Violations::receipts},
    Counter{"reactions", &Violations::reactions},
    Counter{"presence", &Violations::presence},
    Counter{"resume", &Violations::resume},
};

/// Whether the counter must be 0 in this mode (the table of docs/CHECKS.md).
bool must_be_zero(std::string_view counter, DeliveryMode mode, OrderMode order);
/// The counters that must be 0 in this mode and are not.
std::vector<std::pair<std::string, std::uint64_t>> broken(const Violations& violations, DeliveryMode mode,
                                                          OrderMode order);
/// All counters with their names, in the order of the report.
std::vector<std::pair<std::string, std::uint64_t>> by_name(const Violations& violations);

}  // namespace hubbub
