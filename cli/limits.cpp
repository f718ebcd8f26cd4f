#include "cli/limits.hpp"

#include <cmath>

#include "loadgen/scenario/units.hpp"

namespace hubbub::cli {
namespace {

/// "20/s": as many at once as in a second, one at least. "20/s:60": 60 at once.
std::optional<Rate> parse_limit(std::string_view text) {
    if (text.empty()) return Rate{};
    const auto colon = std::min(text.find(':'), text.size());
    const auto rate = parse_rate(text.substr(0, colon));
    if (!rate || !(*rate > 0) || *rate > 1e9) return std::nullopt;
    if (colon == text.size()) return Rate{*rate, static_cast<std::uint32_t>(std::max(1.0, std::ceil(*rate)))};
    const auto burst = parse_count(text.substr(colon + 1));
    if (!burst || *burst == 0 || *burst > 1'000'000'000) return std::nullopt;
    return Rate{*rate, static_cast<std::uint32_t>(*burst)};
}

}  // namespace

Result<ServerLimits> make_limits(const ServeOptions& options) {
    ServerLimits limits;
    const struct {
        const char* flag;
        const std::string& text;
        Rate& rate;
    } rows[] = {{"--limit-user", options.limit_user, limits.user_sends},
                {"--limit-conversation", options.limit_conversation, limits.conversation_sends},
                {"--limit-address", options.limit_address, limits.address_connects},
                {"--limit-connects", options.limit_connects, limits.connects}};
    for (const auto& row : rows) {
        const auto rate = parse_limit(row.text);
        if (!rate)
            return fail(std::string(row.flag) + " " + row.text +
                        ": expected a rate such as 20/s, or 20/s:60 for 60 at once");
        row.rate = *rate;
    }
    limits.connections_max = options.connections_max;
    limits.user_connections_max = options.user_connections_max;
    return limits;
}

}  // namespace hubbub::cli
