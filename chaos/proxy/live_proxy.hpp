// One named proxy: its listener, its faults, and the connections that came in by it.
// Owned by the table of proxies; the proxy loop's thread only.
#pragma once

#include <memory>
#include <string>

#include "chaos/fault_set.hpp"
#include "chaos/proxy/proxy_loop.hpp"

namespace hubbub {

/// Where it listens and whom it dials: as text for people, and looked up.
struct ProxyAddresses {
    std::string listen, upstream;
    Address listen_address, upstream_address;
};

class LiveProxy final : public ProxyPort {
  public:
    LiveProxy(ProxyLoop& loop, std::string name, ProxyAddresses addresses, std::uint64_t seed);
    ~LiveProxy() override;
    LiveProxy(const LiveProxy&) = delete;
    LiveProxy& operator=(const LiveProxy&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const ProxyAddresses& addresses() const { return addresses_; }
    [[nodiscard]] bool enabled() const { return static_cast<bool>(listener_); }
    [[nodiscard]] const FaultSet& faults() const { return faults_; }
    [[nodiscard]] const RelayStats& stats() const { return stats_; }

    /// Listens. A port 0 becomes the real one in addresses(). Error: the address is taken.
    Status enable();
    /// Stops listening and drops all connections.
    void disable();
    /// Disables it first.
    void move_to(ProxyAddresses addresses);

    // ---- faults; each change reaches the connections that stand
    const PlacedFault& add_fault(FaultSpec spec, Time now);
    /// The fault of this name exists.
    const PlacedFault& change_fault(std::string_view name, double toxicity, FaultValues values, Time now);
    void remove_fault(std::string_view name, Time now);
    void remove_all_faults(Time now);

    // ---- ProxyPort
    void accept(std::uint64_t key, Time now, std::vector<Descriptor>& out) override;
    std::unique_ptr<Relay> relay(RelayContext& context, Descriptor client, std::uint64_t key,
                                 Time now) override;
    Dialer& upstream() override { return dialer_; }
    void turned_away() override { stats_.turned_away.add(); }
    [[nodiscard]] Time next_deadline() const override {
        return listener_ ? listener_->next_deadline() : never;
    }
    void expire(Time now) override;

  private:
    ProxyLoop& loop_;
    std::string name_;
    ProxyAddresses addresses_;
    FaultSet faults_;
    RelayStats stats_;
    Dialer dialer_;
    std::unique_ptr<Listener> listener_;
    std::uint64_t key_ = 0;
    std::uint64_t connections_ = 0;  // so far: the next one's number
};

}  // namespace hubbub
