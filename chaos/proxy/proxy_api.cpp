#include "chaos/proxy/proxy_api.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "chaos/proxy/proxy_metrics.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;
using Deed = ProxyApi::Deed;

/// The version of Toxiproxy whose interface this is: clients ask for it.
constexpr const char* spoken_version = "2.12.0";

struct Request {
    std::string_view body;
    std::vector<std::string> names;  ///< what stands for {} in the path
};

HttpAnswer answer_json(int status, const json::value& body) {
    return {status, json::serialize(body) + "\n", "application/json"};
}

HttpAnswer nothing_to_say() {
    return {204, ""};
}

HttpAnswer shown(int status, const ProxyResult<LiveProxy*>& proxy) {
    return proxy ? answer_json(status, to_json(**proxy)) : proxy_error(proxy.error());
}

json::array toxics_of(const LiveProxy& proxy) {
    json::array out;
    for (const auto& placed : proxy.faults().all()) out.push_back(to_json(placed->spec));
    return out;
}

ProxyResult<ResolvedWish> read_wish(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    auto wish = parse_proxy(*object);
    if (!wish) return wish.error();
    return look_up(std::move(*wish));
}

// ---- proxies

ProxyResult<Deed> list_proxies(const Request&) {
    return Deed([](ProxyTable& table, ProxyLoop&, Time) {
        json::object out;
        for (const auto& [name, proxy] : table.all()) out[name] = to_json(*proxy);
        return answer_json(200, out);
    });
}

ProxyResult<Deed> create_proxy(const Request& request) {
    auto wish = read_wish(request.body);
    if (!wish) return wish.error();
    return Deed([wish = *wish](ProxyTable& table, ProxyLoop&, Time now) {
        return shown(201, table.create(wish, now));
    });
}

ProxyResult<Deed> show_proxy(const Request& request) {
    return Deed([name = request.names[0]](ProxyTable& table, ProxyLoop&, Time) {
        return shown(200, table.find(name));
    });
}

ProxyResult<Deed> update_proxy(const Request& request) {
    auto wish = read_wish(request.body);
    if (!wish) return wish.error();
    return Deed([name = request.names[0], wish = *wish](ProxyTable& table, ProxyLoop&, Time) {
        return shown(200, table.update(name, wish));
    });
}

ProxyResult<Deed> delete_proxy(const Request& request) {
    return Deed([name = request.names[0]](ProxyTable& table, ProxyLoop&, Time) {
        const auto removed = table.remove(name);
        return removed ? nothing_to_say() : proxy_error(removed.error());
    });
}

ProxyResult<Deed> populate(const Request& request) {
    auto wishes = parse_proxies(request.body);
    if (!wishes) return wishes.error();
    std::vector<ResolvedWish> resolved;
    for (ProxyWish& wish : *wishes) {
        auto one = look_up(std::move(wish));
        if (!one) return one.error();
        resolved.push_back(std::move(*one));
    }
    return Deed([resolved](ProxyTable& table, ProxyLoop&, Time now) {
        json::object out;
        json::array proxies;
        int status = 201;
        for (const ResolvedWish& wish : resolved) {
            const auto proxy = table.create_or_replace(wish, now);
            if (!proxy) {
                out = to_json(proxy.error());
                status = proxy.error().status;
                break;
            }
            proxies.push_back(to_json(**proxy));
        }
        out["proxies"] = std::move(proxies);
        return answer_json(status, out);
    });
}

ProxyResult<Deed> reset(const Request&) {
    return Deed([](ProxyTable& table, ProxyLoop&, Time now) {
        const auto done = table.reset(now);
        return done ? nothing_to_say() : proxy_error(done.error());
    });
}

// ---- toxics

ProxyResult<Deed> list_toxics(const Request& request) {
    return Deed([name = request.names[0]](ProxyTable& table, ProxyLoop&, Time) {
        const auto proxy = table.find(name);
        return proxy ? answer_json(200, toxics_of(**proxy)) : proxy_error(proxy.error());
    });
}

ProxyResult<Deed> create_toxic(const Request& request) {
    const auto object = parse_object(request.body);
    if (!object) return object.error();
    auto fault = parse_fault(*object);
    if (!fault) return fault.error();
    return Deed([name = request.names[0], fault = *fault](ProxyTable& table, ProxyLoop&, Time now) {
        const auto placed = table.add_fault(name, fault, now);
        return placed ? answer_json(200, to_json((*placed)->spec)) : proxy_error(placed.error());
    });
}

ProxyResult<Deed> show_toxic(const Request& request) {
    return Deed([names = request.names](ProxyTable& table, ProxyLoop&, Time) {
        const auto found = table.find(names[0], names[1]);
        return found ? answer_json(200, to_json(found->second->spec)) : proxy_error(found.error());
    });
}

ProxyResult<Deed> update_toxic(const Request& request) {
    const auto object = parse_object(request.body);
    if (!object) return object.error();
    return Deed([names = request.names, object = *object](ProxyTable& table, ProxyLoop&, Time now) {
        const auto found = table.find(names[0], names[1]);
        if (!found) return proxy_error(found.error());
        const FaultSpec& spec = found->second->spec;
        const auto wish = parse_fault_change(object, spec);
        if (!wish) return proxy_error(wish.error());
        const auto values = parse_values(wish->attributes, *spec.kind, spec.values);
        if (!values) return proxy_error(values.error());
        const double toxicity = wish->toxicity.value_or(spec.toxicity);
        return answer_json(200, to_json(found->first->change_fault(names[1], toxicity, *values, now).spec));
    });
}

ProxyResult<Deed> delete_toxic(const Request& request) {
    return Deed([names = request.names](ProxyTable& table, ProxyLoop&, Time now) {
        const auto found = table.find(names[0], names[1]);
        if (!found) return proxy_error(found.error());
        found->first->remove_fault(names[1], now);
        return nothing_to_say();
    });
}

// ---- the rest

ProxyResult<Deed> show_version(const Request&) {
    return Deed([](ProxyTable&, ProxyLoop&, Time) {
        return answer_json(200, json::object{{"version", spoken_version}, {"server", "hubbub"}});
    });
}

ProxyResult<Deed> show_metrics(const Request&) {
    return Deed([](ProxyTable& table, ProxyLoop& loop, Time) {
        return HttpAnswer{200, proxy_metrics(table, loop.stats()),
                          "text/plain; version=0.0.4; charset=utf-8"};
    });
}

struct Route {
    std::string_view methods;  ///< one word or several
    std::string_view path;     ///< {} stands for a name
    ProxyResult<Deed> (*read)(const Request& request);
};

constexpr Route routes[] = {
    {"GET", "/proxies", list_proxies},
    {"POST", "/proxies", create_proxy},
    {"GET", "/proxies/{}", show_proxy},
    {"POST PATCH", "/proxies/{}", update_proxy},
    {"DELETE", "/proxies/{}", delete_proxy},
    {"GET", "/proxies/{}/toxics", list_toxics},
    {"POST", "/proxies/{}/toxics", create_toxic},
    {"GET", "/proxies/{}/toxics/{}", show_toxic},
    {"POST PATCH", "/proxies/{}/toxics/{}", update_toxic},
    {"DELETE", "/proxies/{}/toxics/{}", delete_toxic},
    {"POST", "/populate", populate},
    {"POST", "/reset", reset},
    {"GET", "/version", show_version},
    {"GET", "/metrics", show_metrics},
};

std::string_view next_part(std::string_view& path) {
    path.remove_prefix(std::min<std::size_t>(1, path.size()));
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& names) {
    names.clear();
    while (!pattern.empty() && !path.empty()) {
        const std::string_view want = next_part(pattern), have = next_part(path);
        if (want != "{}") {
            if (want != have) return false;
            continue;
        }
        auto name = percent_decoded(have);
        if (!name || name->empty()) return false;
        names.push_back(std::move(*name));
    }
    return pattern.empty() && path.empty();
}

ProxyResult<Deed> read(const HttpCall& call) {
    // A page that somebody looks at must not be able to reach into this machine by name tricks.
    if (call.request.fields.get("User-Agent").substr(0, 8) == "Mozilla/")
        return ProxyError{403, "User agent not allowed"};
    bool path_is_known = false;
    Request request{call.body, {}};
    for (const Route& route : routes) {
        if (!matches(route.path, call.request.path(), request.names)) continue;
        path_is_known = true;
        if ((" " + std::string(route.methods) + " ").find(" " + call.request.method + " ") !=
            std::string::npos)
            return route.read(request);
    }
    if (path_is_known) return ProxyError{405, "method not allowed"};
    return ProxyError{404, "no such path"};
}

}  // namespace

HttpAnswer proxy_error(const ProxyError& error) {
    return answer_json(error.status, to_json(error));
}

void ProxyApi::handle(const HttpCall& call, HttpServer::Answer answer) {
    auto deed = read(call);
    if (!deed) return answer(proxy_error(deed.error()));
    const bool posted =
        loop_.post([this, deed = std::move(*deed), answer](Time now) { answer(deed(table_, loop_, now)); });
    if (!posted) answer(proxy_error({503, "too many requests wait"}));
}

}  // namespace hubbub
