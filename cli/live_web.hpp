// `hubbub run --web`: the live page with a token of its own.
// Called by the command that plays a run.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "loadgen/runner/live_page.hpp"

namespace hubbub::cli {

/// How long the program stays for a page that has not seen the end yet.
inline constexpr Duration live_page_linger = std::chrono::seconds{3};

/// `listen`: ADDRESS:PORT. The token comes from the system's random source.
Result<std::unique_ptr<LivePage>> open_live_page(const std::string& listen, const LiveView& view,
                                                 std::function<void()> stop);

}  // namespace hubbub::cli
