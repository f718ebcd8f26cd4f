// The live screen on a terminal's stderr, and the log beside it; plain lines elsewhere.
// Owned by the command that plays a run; thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "base/log.hpp"
#include "loadgen/report/live_figures.hpp"

namespace hubbub::cli {

class LiveTerminal final : public Log {
  public:
    /// `quiet`: neither screen nor lines, and of the log warnings alone.
    explicit LiveTerminal(bool quiet);
    ~LiveTerminal() override;
    LiveTerminal(const LiveTerminal&) = delete;
    LiveTerminal& operator=(const LiveTerminal&) = delete;

    /// Paints the screen anew; where there is none, one line per 10 s, so that logs of CI stay readable.
    void show(const LiveFigures& figures);
    /// Takes the screen away; the next show() brings it back.
    void clear();
    /// The log: above the screen.
    void write(LogLevel level, std::string_view message) override;

  private:
    void clear_locked();

    const bool quiet_, screen_, colour_;
    const std::unique_ptr<Log> log_;
    std::mutex mutex_;
    std::size_t painted_ = 0;  ///< lines on the terminal now
    double next_line_ = 0;
};

}  // namespace hubbub::cli
