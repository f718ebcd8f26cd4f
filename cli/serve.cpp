#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "cli/address.hpp"
#include "cli/load.hpp"
#include "cli/machine_limits.hpp"
#include "cli/stderr_log.hpp"
#include "refserver/server/server.hpp"

namespace hubbub::cli {
namespace {

/// A folder that is gone at the end of the run.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string path = (std::filesystem::temp_directory_path() / "hubbub-XXXXXX").string();
        if (mkdtemp(path.data())) path_ = path;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

Result<ServerConfig> configure(const ServeOptions& options) {
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
    config.shards = options.shards ? options.shards : std::max(1U, std::thread::hardware_concurrency());
    config.durability = durability_from(options.durability).value_or(Durability::wal_sync);
    config.seed = options.seed ? options.seed : std::random_device{}();
    config.options.shards = config.shards;
    config.options.version = "hubbub/" HUBBUB_VERSION;
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

void tell_ready(int fd, std::uint16_t port) {
    if (fd < 0) return;
    const std::string line = "ready " + std::to_string(port) + "\n";
    if (write(fd, line.data(), line.size()) < 0) std::perror("hubbub: --ready-fd");
    close(fd);
}

}  // namespace

int serve(const ServeOptions& options) {
    (void)machine_limits();  // raises the descriptor limit
    auto config = configure(options);
    if (!config) return usage_error(config.error().message);
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
                                         : ""));
    tell_ready(options.ready_fd, (*server)->port());

    int signal = 0;
    sigwait(&signals, &signal);
    log->info("stopping");
    server->reset();
    return 0;
}

}  // namespace hubbub::cli
