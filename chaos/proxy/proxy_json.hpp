// Proxies and faults as JSON, in Toxiproxy's form: what requests and config files say, what answers show.
// Values; any thread.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chaos/fault_set.hpp"
#include "chaos/proxy/live_proxy.hpp"

namespace hubbub {

/// {"error": message, "status": status}
struct ProxyError {
    ProxyError() = default;  ///< what error() gives when there is none
    ProxyError(int http_status, std::string why) : status(http_status), message(std::move(why)) {}
    int status = 400;
    std::string message;
};
template <class T>
using ProxyResult = Result<T, ProxyError>;

[[noreturn]] inline void throw_exception_from_error(const ProxyError& error, const boost::source_location&) {
    throw std::runtime_error(error.message);
}

/// What somebody wants to be true of a proxy; what is not named stays as it is.
struct ProxyWish {
    std::optional<std::string> name, listen, upstream;
    std::optional<bool> enabled;
    std::optional<std::vector<FaultSpec>> faults;
};
struct FaultWish {
    std::optional<double> toxicity;
    boost::json::object attributes;
};

ProxyResult<boost::json::object> parse_object(std::string_view body);
ProxyResult<ProxyWish> parse_proxy(const boost::json::object& object);
/// An array of proxies, each with name and upstream.
ProxyResult<std::vector<ProxyWish>> parse_proxies(std::string_view body);
ProxyResult<FaultSpec> parse_fault(const boost::json::object& object);
/// What may be changed of this fault.
ProxyResult<FaultWish> parse_fault_change(const boost::json::object& object, const FaultSpec& fault);
/// `values` with what the object names.
ProxyResult<FaultValues> parse_values(const boost::json::object& attributes, const FaultKind& kind,
                                      FaultValues values);

boost::json::object to_json(const FaultSpec& fault);
boost::json::object to_json(const LiveProxy& proxy);
boost::json::object to_json(const ProxyError& error);

}  // namespace hubbub
