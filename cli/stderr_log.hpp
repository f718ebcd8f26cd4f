// The program's log: spdlog to stderr, so that stdout carries data only.
// Owned by main; thread-safe.
#pragma once

#include <memory>

#include "base/log.hpp"

namespace hubbub::cli {

/// `least`: what is below it is dropped.
std::unique_ptr<Log> make_stderr_log(LogLevel least);

}  // namespace hubbub::cli
