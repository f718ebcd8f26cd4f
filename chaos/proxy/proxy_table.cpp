#include "chaos/proxy/proxy_table.hpp"

#include <utility>

namespace hubbub {

ProxyResult<ResolvedWish> look_up(ProxyWish wish) {
    ResolvedWish out;
    for (const auto& [text, address] :
         {std::pair{&wish.listen, &out.listen}, {&wish.upstream, &out.upstream}}) {
        if (!*text || (*text)->empty()) continue;
        const auto found = resolve_host_port(**text);
        if (!found) return ProxyError{400, "bad request body: " + found.error().message};
        *address = *found;
    }
    out.wish = std::move(wish);
    return out;
}

ProxyResult<LiveProxy*> ProxyTable::find(std::string_view name) {
    const auto found = proxies_.find(name);
    if (found == proxies_.end()) return ProxyError{404, "proxy not found"};
    return found->second.get();
}

ProxyResult<std::pair<LiveProxy*, const PlacedFault*>> ProxyTable::find(std::string_view name,
                                                                        std::string_view fault) {
    const auto proxy = find(name);
    if (!proxy) return proxy.error();
    for (const auto& placed : (*proxy)->faults().all())
        if (placed->spec.name == fault)
            return std::pair<LiveProxy*, const PlacedFault*>{*proxy, placed.get()};
    return ProxyError{404, "toxic not found"};
}

ProxyResult<LiveProxy*> ProxyTable::enable(LiveProxy& proxy) {
    if (proxy.enabled()) return &proxy;
    if (const auto enabled = proxy.enable(); !enabled) return ProxyError{500, enabled.error().message};
    log_.info("proxy " + proxy.name() + ": " + proxy.addresses().listen + " -> " +
              proxy.addresses().upstream);
    return &proxy;
}

void ProxyTable::set_faults(LiveProxy& proxy, const std::vector<FaultSpec>& faults, Time now) {
    proxy.remove_all_faults(now);
    for (const FaultSpec& fault : faults) proxy.add_fault(fault, now);
}

ProxyResult<LiveProxy*> ProxyTable::create(ResolvedWish wish, Time now) {
    if (wish.wish.name.value_or("").empty()) return ProxyError{400, "missing required field: name"};
    if (!wish.upstream) return ProxyError{400, "missing required field: upstream"};
    const std::string name = *wish.wish.name;
    if (proxies_.contains(name)) return ProxyError{409, "proxy already exists"};
    if (!wish.listen) wish.listen = *parse_address("127.0.0.1", 0);
    ProxyAddresses addresses{wish.wish.listen.value_or(""), *wish.wish.upstream, *wish.listen,
                             *wish.upstream};
    if (addresses.listen.empty()) addresses.listen = wish.listen->text();
    auto proxy = std::make_unique<LiveProxy>(loop_, name, std::move(addresses), seed_);
    if (wish.wish.faults) set_faults(*proxy, *wish.wish.faults, now);
    if (wish.wish.enabled.value_or(true)) {
        if (auto enabled = enable(*proxy); !enabled) return enabled.error();
    }
    return (proxies_[name] = std::move(proxy)).get();
}

ProxyResult<LiveProxy*> ProxyTable::update(std::string_view name, ResolvedWish wish) {
    auto found = find(name);
    if (!found) return found.error();
    LiveProxy& proxy = **found;
    if (!wish.wish.name.value_or("").empty() && *wish.wish.name != name)
        return ProxyError{400, "bad request body: name: a proxy keeps its own; remove it and create another"};
    if (wish.wish.faults && !wish.wish.faults->empty())
        return ProxyError{400,
                          "bad request body: toxics: they have paths of their own, /proxies/{proxy}/toxics"};
    const bool wanted = wish.wish.enabled.value_or(proxy.enabled());
    ProxyAddresses addresses = proxy.addresses();
    if (wish.listen) addresses.listen = *wish.wish.listen, addresses.listen_address = *wish.listen;
    if (wish.upstream) addresses.upstream = *wish.wish.upstream, addresses.upstream_address = *wish.upstream;
    const bool moves =
        addresses.listen != proxy.addresses().listen || addresses.upstream != proxy.addresses().upstream;
    if (moves) proxy.move_to(std::move(addresses));
    if (wanted) return enable(proxy);
    if (proxy.enabled()) log_.info("proxy " + proxy.name() + ": disabled");
    proxy.disable();
    return &proxy;
}

ProxyResult<LiveProxy*> ProxyTable::create_or_replace(ResolvedWish wish, Time now) {
    const auto found = proxies_.find(wish.wish.name.value_or(""));
    if (found == proxies_.end()) return create(std::move(wish), now);
    LiveProxy& proxy = *found->second;
    const ProxyAddresses& is = proxy.addresses();
    const bool equal = wish.wish.listen.value_or(is.listen) == is.listen && wish.wish.upstream == is.upstream;
    if (!equal) {
        proxies_.erase(found);
        return create(std::move(wish), now);
    }
    if (wish.wish.faults) set_faults(proxy, *wish.wish.faults, now);
    if (wish.wish.enabled.value_or(true)) return enable(proxy);
    proxy.disable();
    return &proxy;
}

ProxyResult<void> ProxyTable::remove(std::string_view name) {
    const auto found = proxies_.find(name);
    if (found == proxies_.end()) return ProxyError{404, "proxy not found"};
    log_.info("proxy " + found->first + ": removed");
    proxies_.erase(found);
    return {};
}

ProxyResult<void> ProxyTable::reset(Time now) {
    for (const auto& [name, proxy] : proxies_) {
        if (auto enabled = enable(*proxy); !enabled) return enabled.error();
        proxy->remove_all_faults(now);
    }
    return {};
}

ProxyResult<const PlacedFault*> ProxyTable::add_fault(std::string_view name, FaultSpec spec, Time now) {
    const auto proxy = find(name);
    if (!proxy) return proxy.error();
    if (find(name, spec.name)) return ProxyError{409, "toxic already exists"};
    return &(*proxy)->add_fault(std::move(spec), now);
}

}  // namespace hubbub
