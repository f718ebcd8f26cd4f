#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "cli/address.hpp"
#include "cli/authentication.hpp"
#include "cli/fault_control.hpp"
#include "cli/limits.hpp"
#include "cli/load.hpp"
#include "cli/machine_limits.hpp"
#include "cli/ready.hpp"
#include "cli/serve_config.hpp"
#include "cli/stderr_log.hpp"
#include "refserver/server/server.hpp"
#include "transport/monotonic_clock.hpp"
#include "transport/temporary_folder.hpp"

namespace hubbub::cli {
namespace {

/// What the REST interface cannot keep is refused rather than left open beside a locked door.
Status check_api(const ServeOptions& options) {
    // Short enough to be guessed is no token.
    if (!options.admin_token.empty() && options.admin_token.size() < 16)
        return fail("admin_token needs 16 bytes at least");
    return {};
}

Result<ServerConfig> configure(const ServeOptions& options, std::shared_ptr<const WallClock> day) {
    ServerConfig config;
    const auto listen = parse_host_port(options.listen);
    if (!listen) return fail("--listen " + listen.error().message);
    config.address = listen->host;
    config.port = listen->port;
    if (!options.metrics.empty()) {
        const auto metrics = parse_host_port(options.metrics);
        if (!metrics) return fail("--metrics " + metrics.error().message);
        config.metrics_address = metrics->host;
        config.metrics_port = metrics->port;
    }
    config.tls_certificate = options.tls_certificate;
    config.tls_key = options.tls_key;
    if (Status usable = check_api(options); !usable) return usable.error();
    if (!options.api.empty()) {
        const auto api = parse_host_port(options.api);
        if (!api) return fail("--api " + api.error().message);
        config.api_address = api->host;
        config.api_port = api->port;
    }
    config.admin_token = options.admin_token;
    config.backups = options.backups;
    config.audit = {options.audit_log, options.audit_bytes, options.audit_files};
    config.shards = options.shards ? options.shards : std::max(1U, std::thread::hardware_concurrency());
    config.durability = durability_from(options.durability).value_or(Durability::wal_sync);
    config.seed = options.seed ? options.seed : std::random_device{}();
    config.options.shards = config.shards;
    config.options.version = "hubbub/" HUBBUB_VERSION;
    auto limits = make_limits(options);
    if (!limits) return limits.error();
    config.options.limits = *limits;
    config.options.slow_reader =
        slow_reader_policy(options.slow_reader).value_or(SlowReaderPolicy::disconnect);
    config.options.delivery =
        delivery_strategy(options.delivery).value_or(DeliveryStrategy::effectively_once);
    if (!options.origins.empty()) config.origins = separated(options.origins);
    auto authenticator = make_authenticator(options.auth, std::move(day));
    if (!authenticator) return authenticator.error();
    config.options.authenticator = std::move(*authenticator);
    if (!options.sabotage.empty()) {
        auto parsed = parse_sabotage(options.sabotage, config.seed);
        if (!parsed.error.empty()) return fail("--sabotage: " + parsed.error);
        if (options.sabotage_truth.empty())
            return fail(
                "--sabotage needs --sabotage-truth FILE: a wrong that nobody wrote down proves nothing");
        config.options.sabotage = std::move(parsed.plan);
        config.truth_file = options.sabotage_truth;
    }
    return config;
}

/// Until everybody has gone, the deadline has passed, or a second signal came. What was acknowledged is in
/// the store whichever it is.
void drain(Server& server, const sigset_t& signals, const ServeOptions& options, Log& log) {
    // How soon the last client's end is seen: a moment for people, and no load.
    constexpr timespec look_again{0, 5'000'000};
    const MonotonicClock clock;
    const Time deadline = clock.now() + options.drain_deadline;
    log.info("draining " + std::to_string(server.connections()) + " connections");
    server.begin_drain(options.drain_spread);
    while (!server.drained()) {
        const char* const why = sigtimedwait(&signals, nullptr, &look_again) > 0 ? "a second signal came"
                                : clock.now() >= deadline ? "the drain deadline has passed"
                                                          : nullptr;
        if (!why) continue;
        log.warn(std::string(why) + ": " + std::to_string(server.connections()) + " connections are cut");
        return;
    }
    log.info("everybody has gone");
}

}  // namespace

int serve(const ServeArguments& arguments) {
    const auto settings = serve_config(arguments, environ);
    if (!settings) return usage_error(settings.error().message);
    const ServeOptions& options = settings->options;
    (void)machine_limits();  // raises the descriptor limit
    if (options.nice > 19) return usage_error("nice: from 0 to 19");
    // Before any thread is there: they inherit it.
    if (options.nice > 0) (void)setpriority(PRIO_PROCESS, 0, static_cast<int>(options.nice));
    // Only a server that is to fail pays for it.
    const auto breakable = options.control_fd >= 0 ? std::make_unique<Breakable>() : nullptr;
    auto config = configure(options, breakable ? std::shared_ptr<const WallClock>(breakable->day)
                                               : std::make_shared<SystemWallClock>());
    if (!config) return usage_error(config.error().message);
    if (breakable) {
        config->disk = &breakable->disk;
        config->clock = &breakable->clock;
    }
    const auto temporary = options.data.empty() ? std::make_unique<TemporaryFolder>() : nullptr;
    config->data = temporary ? temporary->path() : options.data;

    // Threads inherit the mask: signals end in sigwait() below and nowhere else.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const auto log = make_stderr_log(options.ready_fd >= 0 ? LogLevel::warn : LogLevel::info);
    auto server = Server::start(*config, *log);
    if (!server) {
        std::fprintf(stderr, "hubbub: %s\n", server.error().message.c_str());
        return exit_usage;
    }
    log->info("listening on ws://" + config->address + ":" + std::to_string((*server)->port()) + "/chat, " +
              std::to_string(config->shards) + " shards, durability " + options.durability + ", data in " +
              config->data +
              ((*server)->metrics_port() ? ", metrics on http://" + config->metrics_address + ":" +
                                               std::to_string((*server)->metrics_port()) + "/metrics"
                                         : "") +
              ((*server)->api_port() ? ", REST on http://" + config->api_address + ":" +
                                           std::to_string((*server)->api_port()) + "/v1"
                                     : ""));
    const auto control = breakable ? std::make_unique<FaultControl>(options.control_fd, *breakable) : nullptr;
    tell_ready(options.ready_fd, (*server)->port());

    int signal = 0;
    sigwait(&signals, &signal);
    drain(**server, signals, options, *log);
    server->reset();
    return 0;
}

}  // namespace hubbub::cli
