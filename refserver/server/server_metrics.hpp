// The server's counters for Prometheus: read from the shards at each scrape, never counted twice.
// Used by the metrics endpoint's thread; hosts and store must outlive it.
#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <vector>

namespace hubbub {

class RocksDbStore;
class ShardHost;

/// hubbub_server_*: one sample a shard (label `shard`), loop figures and system calls included.
std::unique_ptr<prometheus::Collectable> make_server_metrics(std::vector<const ShardHost*> hosts,
                                                             const RocksDbStore& store);

}  // namespace hubbub
