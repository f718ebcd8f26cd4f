// A small valid scenario as text, and what the loader says about variations of it.
// Pure functions; one thread.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "loadgen/scenario/scenario.hpp"

namespace hubbub::test {

/// Tests replace lines of it; the line numbers in their expectations count here, from 1.
inline const std::string& valid_text() {
    static const std::string text =
        "version: 1\n"                                             // 1
        "target:\n"                                                // 2
        "  endpoints: [ws://127.0.0.1:8080/chat]\n"                // 3
        "population:\n"                                            // 4
        "  users: 100\n"                                           // 5
        "topology:\n"                                              // 6
        "  - {class: direct, count: 50}\n"                         // 7
        "  - {class: group, count: 5, size: {min: 3, max: 9}}\n"   // 8
        "behaviors:\n"                                             // 9
        "  everyone:\n"                                            // 10
        "    send: {to: {direct: 60%, group: 40%}, bytes: 100}\n"  // 11
        "load:\n"                                                  // 12
        "  - {phase: connect, ramp: 50/s, until: population}\n"    // 13
        "  - {phase: steady, for: 10s, messages: 1k/s}\n"          // 14
        "  - {phase: drain, settle: 5s}\n";                        // 15
    return text;
}

/// The valid text with `from` replaced by `to`, once; `from` must be there.
inline std::string edited(const std::string& from, const std::string& to) {
    std::string text = valid_text();
    const std::size_t at = text.find(from);
    return at == std::string::npos ? "no '" + from + "' in the text" : text.replace(at, from.size(), to);
}

/// All errors of a text, or "" when it loads.
inline std::string errors_of(const std::string& text, const LoadOptions& options = {}) {
    const auto scenario = load_scenario_text(text, "x.yaml", options);
    return scenario.has_value() ? std::string() : scenario.error().message;
}

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace hubbub::test
