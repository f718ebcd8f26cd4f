#include "cli/embedded_settings.hpp"

#include <algorithm>
#include <array>

#include "cli/limits.hpp"
#include "cli/serve_keys.hpp"
#include "loadgen/scenario/errors.hpp"

namespace hubbub::cli {
namespace {

struct Elsewhere {
    std::string_view setting, key;
};
/// A value in two places would be a value that is ignored in one of them.
constexpr Elsewhere elsewhere[] = {
    {"listen", "an endpoint of the embedded server's own choice"},
    {"shards", "target.start.shards"},
    {"data", "target.start.data"},
    {"durability", "target.start.durability"},
    {"sabotage", "target.start.sabotage"},
    {"sabotage_truth", "target.start.sabotage"},
    {"seed", "seed"},
    {"auth", "target.auth"},
    {"auth_audience", "target.auth"},
    {"auth_issuer", "target.auth"},
    {"tls_certificate", "a server of your own (`hubbub serve`)"},
    {"tls_key", "a server of your own (`hubbub serve`)"},
    {"admin_token", "a server of your own (`hubbub serve`): a scenario is no place for secrets"},
};

/// What the core itself does; gates, files and listeners belong to the shell around it.
constexpr std::array<std::string_view, 5> simulated = {"limit_user", "limit_conversation",
                                                       "user_connections_max", "slow_reader", "delivery"};

std::string wrong_with(const ServerSetting& setting, ServeOptions& options) {
    const ServeKey* const key = find_serve_key(setting.name);
    if (!key) {
        std::vector<std::string_view> names;
        for (const ServeKey& one : serve_keys()) names.push_back(one.name);
        return "unknown setting " + quoted(setting.name) + did_you_mean(setting.name, names) +
               "; `hubbub config keys` names all";
    }
    for (const Elsewhere& other : elsewhere)
        if (other.setting == setting.name)
            return quoted(setting.name) + " is set by " + std::string(other.key) + ", not here";
    const auto value = parse_serve_value(*key, setting.value);
    if (!value) return value.error().message;
    key->set(options, *value);
    if (const auto limits = make_limits(options); !limits) return limits.error().message;
    return {};
}

std::string at(const Scenario& scenario, const Place& place) {
    if (place.source >= scenario.sources.size()) return {};
    return scenario.sources[place.source] + ":" + std::to_string(place.line) + ":" +
           std::to_string(place.column) + ": ";
}

}  // namespace

Result<ServeOptions> embedded_settings(const Scenario& scenario) {
    ServeOptions options;
    std::string wrong;
    for (const ServerSetting& setting : scenario.target.settings) {
        const std::string what = wrong_with(setting, options);
        if (!what.empty())
            wrong +=
                (wrong.empty() ? "" : "\n") + at(scenario, setting.place) + "target.start.settings: " + what;
    }
    if (!wrong.empty()) return fail(wrong);
    return options;
}

Status simulate_settings(const Scenario& scenario, const ServeOptions& settings, ServerOptions& server) {
    for (const ServerSetting& setting : scenario.target.settings)
        if (std::find(simulated.begin(), simulated.end(), setting.name) == simulated.end())
            return fail(at(scenario, setting.place) +
                        "target.start.settings: the server in virtual time has no " + quoted(setting.name) +
                        "; take it out by --set, or use `hubbub run`");
    auto limits = make_limits(settings);
    if (!limits) return limits.error();
    server.limits = *limits;
    server.slow_reader = slow_reader_policy(settings.slow_reader).value_or(SlowReaderPolicy::disconnect);
    server.delivery = delivery_strategy(settings.delivery).value_or(DeliveryStrategy::effectively_once);
    return {};
}

}  // namespace hubbub::cli
