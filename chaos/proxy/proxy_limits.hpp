// Every bound of the proxy, each with its reason; beside protocol/limits.hpp because nothing else needs them.
// Constants; any thread.
#pragma once

#include <cstddef>

namespace hubbub::limits {

/// Bytes inside of one direction of a proxied connection; its source is not read beyond. 10,000 connections
/// that are all held up in both directions take 1.3 GB, which a test machine has.
inline constexpr std::size_t proxy_window_bytes = 64 * 1024;
/// One request of its interface: some thousand proxies in one populate.
inline constexpr std::size_t proxy_api_body_bytes_max = 1024 * 1024;
/// Requests of its interface that wait for the loop: of people and scripts, so any more are a mistake.
inline constexpr std::size_t proxy_requests_max = 4'096;
/// New connections of one listener in a turn: a storm must not starve those who are in.
inline constexpr std::size_t proxy_accepts_per_turn = 256;

}  // namespace hubbub::limits
