#include "refserver/server/server.hpp"

#include <algorithm>
#include <filesystem>

#include "refserver/api/api.hpp"
#include "refserver/core/counters.hpp"
#include "refserver/server/audited_store.hpp"
#include "refserver/server/health.hpp"
#include "refserver/server/server_metrics.hpp"
#include "refserver/server/shard_host.hpp"
#include "refserver/server/shared_gate.hpp"
#include "refserver/server/truth_file.hpp"
#include "refserver/store/rocksdb_backup.hpp"
#include "refserver/store/rocksdb_store.hpp"
#include "transport/metrics_server.hpp"
#include "transport/monotonic_clock.hpp"
#include "transport/process_figures.hpp"

namespace hubbub {

struct Server::Impl final : ApiHost, Mailroom {
    MonotonicClock own_clock;
    NoSabotage no_sabotage;
    std::unique_ptr<SharedGate> gate;  // null: everybody may come; outlives the hosts
    std::unique_ptr<TruthFile> truth;
    std::shared_ptr<const TlsContext> tls;
    std::unique_ptr<AuditLog> audit_log;
    std::unique_ptr<AuditedStore> audited;
    std::vector<std::unique_ptr<ShardHost>> hosts;
    std::unique_ptr<RocksDbStore> store;  // after hosts: its committer reports to them until it is closed
    Health health;
    ServerFigures figures;
    ProcessFigures process;
    std::unique_ptr<MetricsServer> metrics;
    std::unique_ptr<Api> api;
    ApiFigures api_seen;
    std::string backups;
    std::uint16_t port = 0;

    ~Impl() override {
        metrics.reset();
        for (auto& host : hosts) host->stop();
        api.reset();  // shards answer into it until they have stopped
        store.reset();
        hosts.clear();
    }

    // ---- ApiHost and, for what the shards answer, Mailroom
    bool post(ShardId to, ShardMail&& mail) override {
        return to.index() < hosts.size() ? hosts[to.index()]->receive(std::move(mail))
                                         : api->deliver(std::move(mail));
    }
    std::uint32_t shards() const override { return static_cast<std::uint32_t>(hosts.size()); }
    const Store& store_to_read() const override { return *store; }
    ApiCounts counts() const override {
        return {connections(), sum(&ShardCounters::sessions), sum(&ShardCounters::conversations),
                health.stage() == Health::Stage::draining, sum(&ShardCounters::read_only) > 0};
    }
    Result<ApiBackup> backup(const std::string& name) override {
        if (backups.empty()) return fail("this server has no folder for backups (setting `backups`)");
        const auto made = make_backup(*store, backups, name);
        if (!made) return made.error();
        return ApiBackup{made->path, made->files, made->bytes};
    }

    void audit(const AuditEvent& event) override {
        if (audit_log) audit_log->record(event);
    }

    /// Not once the shards have stopped.
    bool revoke_tokens(const Revocation& revocation) override {
        bool everywhere = true;
        for (auto& host : hosts) everywhere = host->receive(RevokeMail{revocation}) && everywhere;
        if (api) everywhere = api->deliver(RevokeMail{revocation}) && everywhere;
        return everywhere;
    }
    ApiFigures& api_figures() override { return api_seen; }

    Status serve_api(const ServerConfig& config) {
        backups = config.backups;
        for (auto& host : hosts) host->set_outside(*this);
        if (config.api_address.empty()) return {};
        auto started = Api::start({config.api_address, config.api_port, config.admin_token,
                                   config.options.authenticator, config.options.limits.user_sends},
                                  *this);
        if (!started) return started.error();
        api = std::move(*started);
        return {};
    }

    std::uint64_t connections() const { return sum(&ShardCounters::connections); }

    /// Any thread; the hosts are looked at only once they all stand.
    HttpAnswer ready() const {
        const bool serving = health.stage() == Health::Stage::serving;
        return health.ready(serving && sum(&ShardCounters::read_only) > 0);
    }

    std::uint64_t sum(RelaxedCounter ShardCounters::*counter) const {
        std::uint64_t total = 0;
        for (const auto& host : hosts) total += (host->counters().*counter).get();
        return total;
    }

    void publish_figures() {
        std::vector<const ShardHost*> all;
        for (auto& host : hosts) all.push_back(host.get());
        figures.publish(std::move(all), *store, health, audit_log.get(), api_seen);
    }

    Status open_store(const ServerConfig& config, Log& log) {
        std::error_code error;
        std::filesystem::create_directories(config.data, error);
        if (error) return fail("cannot make the data folder " + config.data + ": " + error.message());
        RocksDbOptions options;
        options.path = config.data;
        options.durability = config.durability;
        if (config.disk) options.env = &config.disk->env();
        auto opened = RocksDbStore::open(
            options,
            [this](CommitTicket ticket, CommitStatus status) {
                if (audited) audited->committed(ticket, status);
                hosts[ticket.shard.index()]->committed(ticket.number, status);
            },
            log);
        if (!opened) return opened.error();
        store = std::move(*opened);
        return {};
    }

    Status load_tls(const ServerConfig& config) {
        if (config.tls_certificate.empty() && config.tls_key.empty()) return {};
        auto made = TlsContext::server({.certificate = config.tls_certificate, .key = config.tls_key});
        if (!made) return made.error();
        tls = std::move(*made);
        return {};
    }

    void build_hosts(const ServerConfig& config, Log& log) {
        LoopOptions loop;
        loop.server_tls = tls;
        loop.seed = config.seed;
        loop.upgrade.subprotocols = {"hubbub.v1.json", "hubbub.v1.bin"};
        if (const auto& origins = config.origins; !origins.empty())
            loop.upgrade.origin_allowed = [origins](std::string_view origin) {
                return std::find(origins.begin(), origins.end(), origin) != origins.end();
            };
        gate = SharedGate::make(config.options.limits);
        if (gate)
            loop.upgrade.admit = [this](std::string_view peer, Time now) { return gate->admit(peer, now); };
        loop.upgrade.other_paths = [this](const HttpRequest& request) {
            if (request.path() == "/healthz") return Health::alive();
            if (request.path() == "/readyz") return ready();
            return HttpAnswer{404, "not found; the chat is at /chat\n"};
        };
        SabotageTruth& told = config.truth ? *config.truth
                              : truth      ? static_cast<SabotageTruth&>(*truth)
                                           : no_sabotage;
        if (audit_log) audited = std::make_unique<AuditedStore>(*store, *audit_log);
        Store& shared = audited ? static_cast<Store&>(*audited) : *store;
        const Clock& clock = config.clock ? *config.clock : own_clock;
        ServerOptions core_options = config.options;
        core_options.since_1970 =
            std::chrono::system_clock::now().time_since_epoch() - clock.now().time_since_epoch();
        hosts.reserve(config.shards);
        for (std::uint32_t i = 0; i < config.shards; ++i)
            hosts.push_back(std::make_unique<ShardHost>(ShardId{i}, core_options, loop, clock, shared,
                                                        Random(config.seed).child("shard").child(i), told,
                                                        log, hosts));
        for (auto& host : hosts) host->set_gate(gate.get());
    }

    Status listen(const ServerConfig& config) {
        if (config.port)
            if (Status is_free = check_port_free(config.address, config.port); !is_free) return is_free;
        port = config.port;
        for (auto& host : hosts) {
            auto bound = host->listen(config.address, port);
            if (!bound) return bound.error();
            port = *bound;
        }
        return {};
    }

    Status serve_metrics(const ServerConfig& config) {
        if (config.metrics_address.empty()) return {};
        MetricsOptions options;
        options.address = config.metrics_address;
        options.port = config.metrics_port;
        auto started = MetricsServer::start(
            options,
            {{&figures, &process}, {{"/healthz", Health::alive}, {"/readyz", [this] { return ready(); }}}});
        if (!started) return started.error();
        metrics = std::move(*started);
        return {};
    }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerConfig& config, Log& log) {
    auto impl = std::make_unique<Impl>();
    if (!config.truth_file.empty()) {
        auto truth = TruthFile::open(config.truth_file);
        if (!truth) return truth.error();
        impl->truth = std::move(*truth);
    }
    if (!config.audit.path.empty()) {
        auto audit = AuditLog::open(config.audit, log);
        if (!audit) return audit.error();
        impl->audit_log = std::move(*audit);
    }
    // First of all: a large log takes a while to open, and who watches must see "starting", not nothing.
    if (Status serving = impl->serve_metrics(config); !serving) return serving.error();
    log.info("opening the store in " + config.data);
    if (Status opened = impl->open_store(config, log); !opened) return opened.error();
    if (Status loaded = impl->load_tls(config); !loaded) return loaded.error();
    impl->build_hosts(config, log);
    if (Status listening = impl->listen(config); !listening) return listening.error();
    impl->publish_figures();
    if (Status serving = impl->serve_api(config); !serving) return serving.error();
    for (auto& host : impl->hosts) host->start();
    impl->health.enter(Health::Stage::serving);
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::begin_drain(Duration spread) {
    impl_->health.enter(Health::Stage::draining);
    for (auto& host : impl_->hosts) host->send_away(spread);
}

bool Server::drained() {
    const auto& hosts = impl_->hosts;
    const auto begun = [](const auto& host) { return host->away_begun(); };
    if (!std::all_of(hosts.begin(), hosts.end(), begun)) return false;
    if (impl_->sum(&ShardCounters::sessions) > 0) return false;
    for (const auto& host : hosts) host->stop_listening();
    const auto deaf = [](const auto& host) { return !host->listening(); };
    return std::all_of(hosts.begin(), hosts.end(), deaf) && connections() == 0;
}

std::uint64_t Server::connections() const {
    return impl_->connections();
}

bool Server::revoke(const Revocation& revocation) {
    return impl_->revoke_tokens(revocation);
}

std::uint16_t Server::port() const {
    return impl_->port;
}
std::uint16_t Server::metrics_port() const {
    return impl_->metrics ? impl_->metrics->port() : std::uint16_t{0};
}
std::uint16_t Server::api_port() const {
    return impl_->api ? impl_->api->port() : std::uint16_t{0};
}

}  // namespace hubbub
