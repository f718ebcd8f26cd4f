// Where cores and shells say what happened; the sink is chosen in main.
// Owned by main, passed by reference; implementations are thread-safe.
#pragma once

#include <string_view>

namespace hubbub {

enum class LogLevel { debug, info, warn, error };

class Log {
  public:
    virtual ~Log() = default;
    virtual void write(LogLevel level, std::string_view message) = 0;
    void info(std::string_view message) { write(LogLevel::info, message); }
    void warn(std::string_view message) { write(LogLevel::warn, message); }
    void error(std::string_view message) { write(LogLevel::error, message); }
};

/// For tests and cores whose caller does not care.
class SilentLog final : public Log {
  public:
    void write(LogLevel, std::string_view) override {}
};

}  // namespace hubbub
