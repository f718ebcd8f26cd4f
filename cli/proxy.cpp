#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "chaos/proxy/proxy_server.hpp"
#include "cli/address.hpp"
#include "cli/commands.hpp"
#include "cli/fault_flag.hpp"
#include "cli/load.hpp"
#include "cli/machine_limits.hpp"
#include "cli/ready.hpp"
#include "cli/stderr_log.hpp"

namespace hubbub::cli {
namespace {

/// Beside the connections: listeners, the interface and its peers, epoll, the standard streams.
constexpr std::uint64_t other_descriptors = 64;

/// Each connection takes two.
Result<std::size_t> connections_that_fit(std::size_t wanted) {
    const std::uint64_t descriptors = machine_limits().descriptors;
    const std::size_t fit = descriptors > other_descriptors ? (descriptors - other_descriptors) / 2 : 0;
    if (fit == 0 || wanted > fit)
        return fail("--connections " + std::to_string(wanted) + " needs " +
                    std::to_string(wanted * 2 + other_descriptors) +
                    " descriptors, and this process may have " + std::to_string(descriptors) +
                    ": raise it with 'ulimit -n', or start a second proxy");
    return wanted == 0 ? fit : wanted;
}

Result<std::vector<ProxyWish>> wishes_of(const ProxyOptions& options) {
    std::vector<ProxyWish> wishes;
    if (!options.config.empty()) {
        std::ifstream file(options.config);
        if (!file) return fail("cannot read " + options.config);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        auto parsed = parse_proxies(text);
        if (!parsed) return fail(options.config + ": " + parsed.error().message);
        wishes = std::move(*parsed);
    }
    if (options.upstream.empty()) {
        if (!options.listen.empty() || !options.toxics.empty())
            return fail("--listen and --toxic are about one proxy: --upstream HOST:PORT is missing");
        return wishes;
    }
    ProxyWish one;
    one.name = options.name;
    one.upstream = options.upstream;
    if (!options.listen.empty()) one.listen = options.listen;
    one.faults.emplace();
    for (const std::string& text : options.toxics) {
        auto fault = parse_fault_flag("--toxic", text);
        if (!fault) return fault.error();
        one.faults->push_back(std::move(*fault));
    }
    wishes.push_back(std::move(one));
    return wishes;
}

Result<ProxyServerOptions> configure(const ProxyOptions& options) {
    ProxyServerOptions out;
    const auto api = parse_host_port(options.api);
    if (!api) return fail("--api " + api.error().message);
    out.api_address = api->host == "localhost" ? "127.0.0.1" : api->host;
    out.api_port = api->port;
    out.seed = options.seed;
    if (options.window > 1024 * 1024 * 1024) return fail("--window: expected at most 1073741824 bytes");
    if (options.window > 0) out.window = options.window;
    const auto fit = connections_that_fit(options.connections);
    if (!fit) return fit.error();
    out.connections_max = *fit;
    auto wishes = wishes_of(options);
    if (!wishes) return wishes.error();
    out.proxies = std::move(*wishes);
    return out;
}

}  // namespace

int proxy(const ProxyOptions& options) {
    const auto configured = configure(options);
    if (!configured) return usage_error(configured.error().message);
    // Threads inherit the mask: signals end in sigwait() below and nowhere else.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const auto log = make_stderr_log(options.ready_fd >= 0 ? LogLevel::warn : LogLevel::info);
    auto server = ProxyServer::start(*configured, *log);
    if (!server) return usage_error(server.error().message);
    log->info("interface on http://" + configured->api_address + ":" + std::to_string((*server)->api_port()) +
              " (Toxiproxy's clients fit), up to " + std::to_string(configured->connections_max) +
              " connections, seed " + std::to_string(configured->seed));
    tell_ready(options.ready_fd, (*server)->api_port());
    int signal = 0;
    sigwait(&signals, &signal);
    return 0;
}

}  // namespace hubbub::cli
