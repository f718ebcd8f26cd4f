#include "loadgen/runner/dialing.hpp"

#include <algorithm>

#include "loadgen/adapters/adapter.hpp"
#include "loadgen/plan/layout.hpp"

namespace hubbub {
namespace {

/// All of 127.0.0.0/8 is this machine, so a large run against it dials from several addresses.
std::vector<Address> loopback_sources(const std::vector<Endpoint>& endpoints, std::uint32_t connections) {
    std::vector<Address> sources;
    for (const Endpoint& endpoint : endpoints)
        if (!endpoint.address.text().starts_with("127.")) return sources;
    for (std::uint32_t i = 0; i <= connections / connections_a_source && i < loopback_sources_max; ++i)
        if (const auto address = parse_address("127.0.0." + std::to_string(i + 1), 0))
            sources.push_back(*address);
    return sources;
}

}  // namespace

Result<LoopOptions> dialing(const Plan& plan, const std::vector<std::string>& urls) {
    LoopOptions options;
    const Target& target = plan.scenario->target;
    const std::string subprotocol(make_adapter(target).value()->subprotocol());
    for (const std::string& url : urls) {
        auto endpoint = resolve(url);
        if (!endpoint) return endpoint.error();
        if (!subprotocol.empty()) endpoint->subprotocols = {subprotocol};
        options.endpoints.push_back(std::move(*endpoint));
    }
    options.sources = loopback_sources(options.endpoints, plan.online_devices);
    if (std::none_of(options.endpoints.begin(), options.endpoints.end(),
                     [](const Endpoint& endpoint) { return endpoint.tls; }))
        return options;
    auto tls = TlsContext::client({.certificate = target.tls_certificate,
                                   .key = target.tls_key,
                                   .authorities = target.tls_authorities,
                                   .verify = target.tls_verify});
    if (!tls) return tls.error();
    options.client_tls = std::move(*tls);
    return options;
}

}  // namespace hubbub
