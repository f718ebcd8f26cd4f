#include "cli/live_terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cli/stderr_log.hpp"

namespace hubbub::cli {
namespace {

/// A terminal that can move its cursor.
bool has_screen() {
    const char* const term = std::getenv("TERM");
    return isatty(STDERR_FILENO) && term && std::strcmp(term, "dumb") != 0;
}

winsize terminal_size() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {24, 80, 0, 0};
    return size;
}

}  // namespace

LiveTerminal::LiveTerminal(bool quiet)
    : quiet_(quiet),
      screen_(!quiet && has_screen()),
      colour_(screen_ && std::getenv("NO_COLOR") == nullptr),
      log_(make_stderr_log(quiet ? LogLevel::warn : LogLevel::info)) {}

LiveTerminal::~LiveTerminal() {
    clear();
}

void LiveTerminal::show(const LiveFigures& figures) {
    if (quiet_) return;
    const std::lock_guard lock(mutex_);
    if (!screen_) {
        if (figures.elapsed < next_line_) return;
        next_line_ = figures.elapsed + 10;
        std::fprintf(stderr, "%s\n", live_line(figures).c_str());
        return;
    }
    const winsize size = terminal_size();
    std::vector<std::string> lines =
        live_screen(figures, std::max<std::size_t>(size.ws_col, 20) - 1, colour_);
    // More lines than the terminal has could not be taken away again.
    if (lines.size() + 1 > size.ws_row) lines.resize(std::max<std::size_t>(size.ws_row, 2) - 1);
    // In one write, so that it does not flicker: up, and each line over what stood there.
    std::string text = painted_ ? "\033[" + std::to_string(painted_) + "A" : "";
    for (const std::string& line : lines) text += "\r" + line + "\033[K\n";
    text += "\033[J";
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
    painted_ = lines.size();
}

void LiveTerminal::clear() {
    const std::lock_guard lock(mutex_);
    clear_locked();
}

void LiveTerminal::clear_locked() {
    if (painted_ == 0) return;
    std::fprintf(stderr, "\033[%zuA\r\033[J", painted_);
    std::fflush(stderr);
    painted_ = 0;
}

void LiveTerminal::write(LogLevel level, std::string_view message) {
    const std::lock_guard lock(mutex_);
    clear_locked();
    log_->write(level, message);
}

}  // namespace hubbub::cli
