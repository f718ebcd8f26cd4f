#include "loadgen/plan/words.hpp"

#include <cmath>
#include <cstdio>

namespace hubbub {

std::string grouped(double value) {
    if (value > 0 && value < 10 && value != std::floor(value)) {
        char text[32];
        std::snprintf(text, sizeof text, "%.2f", value);
        return text;
    }
    std::string digits = std::to_string(std::llround(value));
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

std::string grouped(std::uint64_t value) {
    return grouped(static_cast<double>(value));
}

std::string in_bytes(double bytes) {
    const char* unit = bytes >= 1e9 ? "GB" : bytes >= 1e6 ? "MB" : "KB";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %s",
                  bytes / (bytes >= 1e9   ? 1e9
                           : bytes >= 1e6 ? 1e6
                                          : 1e3),
                  unit);
    return text;
}

}  // namespace hubbub
