// All proxies by name, and what people may do with them. Each deed is done as a whole or refused.
// Owned by the proxy's shell; the proxy loop's thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "chaos/proxy/live_proxy.hpp"
#include "chaos/proxy/proxy_json.hpp"

namespace hubbub {

/// A wish whose names were looked up, which blocks and so is not done on the loop's thread.
struct ResolvedWish {
    ProxyWish wish;
    std::optional<Address> listen, upstream;
};
ProxyResult<ResolvedWish> look_up(ProxyWish wish);

class ProxyTable {
  public:
    ProxyTable(ProxyLoop& loop, std::uint64_t seed, Log& log) : loop_(loop), seed_(seed), log_(log) {}

    using Proxies = std::map<std::string, std::unique_ptr<LiveProxy>, std::less<>>;
    [[nodiscard]] const Proxies& all() const { return proxies_; }
    ProxyResult<LiveProxy*> find(std::string_view name);
    /// The proxy and its fault.
    ProxyResult<std::pair<LiveProxy*, const PlacedFault*>> find(std::string_view name,
                                                                std::string_view fault);

    ProxyResult<LiveProxy*> create(ResolvedWish wish, Time now);
    /// Other addresses drop its connections; so does disabling it.
    ProxyResult<LiveProxy*> update(std::string_view name, ResolvedWish wish);
    /// Creates it, or leaves an equal one as it is, or replaces another of its name.
    ProxyResult<LiveProxy*> create_or_replace(ResolvedWish wish, Time now);
    ProxyResult<void> remove(std::string_view name);
    /// Enables all, removes all faults.
    ProxyResult<void> reset(Time now);
    ProxyResult<const PlacedFault*> add_fault(std::string_view name, FaultSpec spec, Time now);
    void clear() { proxies_.clear(); }

  private:
    ProxyResult<LiveProxy*> enable(LiveProxy& proxy);
    void set_faults(LiveProxy& proxy, const std::vector<FaultSpec>& faults, Time now);

    ProxyLoop& loop_;
    std::uint64_t seed_;
    Log& log_;
    Proxies proxies_;
};

}  // namespace hubbub
