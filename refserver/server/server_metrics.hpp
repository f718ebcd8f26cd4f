// The server's counters for Prometheus: read from the shards at each scrape, never counted twice.
// Used by the metrics endpoint's thread; hosts and store must outlive it.
#pragma once

#include <prometheus/collectable.h>

#include <atomic>
#include <memory>
#include <vector>

namespace hubbub {

struct ApiFigures;
class AuditLog;
class Health;
class RocksDbStore;
class ShardHost;

/// hubbub_server_*: one sample a shard (label `shard`), loop figures and system calls included. Empty until
/// published: the endpoint answers before the store is open.
class ServerFigures final : public prometheus::Collectable {
  public:
    /// Once, any thread; what is named must outlive this.
    void publish(std::vector<const ShardHost*> hosts, const RocksDbStore& store, const Health& health,
                 const AuditLog* audit, const ApiFigures& api);
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  private:
    std::unique_ptr<prometheus::Collectable> all_;
    std::atomic<const prometheus::Collectable*> published_{nullptr};
};

}  // namespace hubbub
