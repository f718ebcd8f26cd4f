// The reference server as a process has it: shard threads around one store, the metrics endpoint, a clean
// end. Owned by main (hubbub serve) or a test; start and stop from one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "refserver/core/shard.hpp"
#include "refserver/server/audit_log.hpp"
#include "refserver/store/rocksdb_faulty_disk.hpp"

namespace hubbub {

struct ServerConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: a free one
    std::uint32_t shards = 1;
    std::string data;  ///< folder of the database
    Durability durability = Durability::wal_sync;
    std::string metrics_address;  ///< empty: no endpoint
    std::uint16_t metrics_port = 0;
    std::string tls_certificate, tls_key;  ///< PEM files; empty: plain connections
    std::string api_address;               ///< of the REST interface; empty: none
    std::uint16_t api_port = 0;
    std::string admin_token;  ///< of its administrators; empty: the loopback interface is the proof
    std::string backups;      ///< folder for online backups; empty: none are made
    AuditOptions audit;       ///< no path: off
    std::string truth_file;   ///< sabotage's ground truth; needed when `options.sabotage` is not empty ...
    SabotageTruth* truth = nullptr;  ///< ... or this one (thread-safe, outlives the server), as tests want it
    std::uint64_t seed = 0;
    /// Origin headers of browsers that may connect; empty: all of them. Without the header: always.
    std::vector<std::string> origins;
    ServerOptions options;
    // ---- for tests and load tests that make it fail; all outlive the server
    FaultyDisk* disk = nullptr;    ///< under the store; null: the machine's
    const Clock* clock = nullptr;  ///< of all shards; null: the machine's
};

class Server {
  public:
    /// Opens the store, binds, starts the threads. Errors say what is in the way: database in use, port
    /// taken, ...
    static Result<std::unique_ptr<Server>> start(const ServerConfig& config, Log& log);
    /// Stops accepting, ends the threads, closes the store.
    ~Server();

    // ---- the orderly end, one thread: begin_drain, then drained until it is true (or patience ends)
    /// Not ready any more; everybody is sent away with `going_away`, to come back (elsewhere, or here after
    /// the restart) spread over `spread`, and newcomers too. Returns at once.
    void begin_drain(Duration spread);
    /// Whether everybody has gone. Once the sessions have, it ends listening, so that newcomers do not keep
    /// it from an end. Cheap; to be asked every some milliseconds.
    [[nodiscard]] bool drained();
    [[nodiscard]] std::uint64_t connections() const;

    /// From now on such tokens are refused, and sessions that live by them end. Any thread. False: a shard's
    /// queue was full; do it again, which harms nothing.
    [[nodiscard]] bool revoke(const Revocation& revocation);
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::uint16_t metrics_port() const;  ///< 0: none
    [[nodiscard]] std::uint16_t api_port() const;      ///< 0: none

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
