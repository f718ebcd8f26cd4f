// The proxies' figures in Prometheus' text format.
// Called on the proxy loop's thread.
#pragma once

#include <string>

#include "chaos/proxy/proxy_table.hpp"

namespace hubbub {

std::string proxy_metrics(const ProxyTable& table, const LoopStats& stats);

}  // namespace hubbub
