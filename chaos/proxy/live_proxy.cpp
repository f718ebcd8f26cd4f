#include "chaos/proxy/live_proxy.hpp"

#include <utility>

#include "chaos/proxy/proxy_limits.hpp"

namespace hubbub {
namespace {

Dialer dialer_to(const Address& address) {
    Endpoint endpoint;
    endpoint.address = address;
    return {{endpoint}, {}, 0};
}

std::string host_of(const std::string& address_text) {
    const std::string host = address_text.substr(0, address_text.rfind(':'));
    return host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

LiveProxy::LiveProxy(ProxyLoop& loop, std::string name, ProxyAddresses addresses, std::uint64_t seed)
    : loop_(loop),
      name_(std::move(name)),
      addresses_(std::move(addresses)),
      faults_(Random(seed).child(name_).seed()),
      dialer_(dialer_to(addresses_.upstream_address)) {}

LiveProxy::~LiveProxy() {
    disable();
}

Status LiveProxy::enable() {
    if (listener_) return {};
    const std::string host = host_of(addresses_.listen_address.text());
    const std::uint16_t port = addresses_.listen_address.port();
    if (const auto free = check_port_free(host, port); !free) return free.error();
    key_ = loop_.add_port(*this);
    listener_ = std::make_unique<Listener>(loop_.poller(), loop_.stats(), key_);
    const auto bound = listener_->listen(host, port, 0);
    if (!bound) {
        listener_.reset();
        loop_.remove_port(key_);
        return bound.error();
    }
    addresses_.listen_address = *parse_address(host, *bound);
    addresses_.listen = addresses_.listen_address.text();
    return {};
}

void LiveProxy::disable() {
    if (!listener_) return;
    listener_.reset();
    loop_.remove_port(key_);
    loop_.cut(*this);
}

void LiveProxy::move_to(ProxyAddresses addresses) {
    disable();
    addresses_ = std::move(addresses);
    dialer_ = dialer_to(addresses_.upstream_address);
}

const PlacedFault& LiveProxy::add_fault(FaultSpec spec, Time now) {
    const PlacedFault& placed = faults_.add(std::move(spec), now);
    loop_.each_relay(*this, [&](Relay& relay) {
        relay.faults().place(faults_, placed, now);
        relay.faults_changed(now);
    });
    return placed;
}

const PlacedFault& LiveProxy::change_fault(std::string_view name, double toxicity, FaultValues values,
                                           Time now) {
    PlacedFault& placed = *faults_.find(name);
    placed.spec.toxicity = toxicity;
    placed.spec.values = std::move(values);
    placed.added = now;
    loop_.each_relay(*this, [&](Relay& relay) {
        relay.faults().place(faults_, placed, now);
        relay.faults_changed(now);
    });
    return placed;
}

void LiveProxy::remove_fault(std::string_view name, Time now) {
    const PlacedFault& placed = *faults_.find(name);
    loop_.each_relay(*this, [&](Relay& relay) { relay.faults().drop(placed, now); });
    faults_.remove(name);
    loop_.each_relay(*this, [&](Relay& relay) { relay.faults_changed(now); });
}

void LiveProxy::remove_all_faults(Time now) {
    while (!faults_.all().empty()) remove_fault(std::string(faults_.all().back()->spec.name), now);
}

void LiveProxy::accept(std::uint64_t key, Time now, std::vector<Descriptor>& out) {
    if (listener_) listener_->accept(key, limits::proxy_accepts_per_turn, now, out);
}

std::unique_ptr<Relay> LiveProxy::relay(RelayContext& context, Descriptor client, std::uint64_t key,
                                        Time now) {
    return std::make_unique<Relay>(context, stats_, std::move(client),
                                   ConnectionFaults(faults_, connections_++, now), key);
}

void LiveProxy::expire(Time now) {
    if (listener_) listener_->resume(now);
}

}  // namespace hubbub
