#include "cli/stderr_log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

namespace hubbub::cli {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warn:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

class StderrLog final : public Log {
  public:
    explicit StderrLog(LogLevel least)
        : logger_("hubbub",
                  std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
                      std::getenv("NO_COLOR") ? spdlog::color_mode::never : spdlog::color_mode::automatic)) {
        logger_.set_level(to_spdlog(least));
        logger_.set_pattern("%^[%H:%M:%S.%e %l]%$ %v");
        logger_.flush_on(spdlog::level::info);
    }
    void write(LogLevel level, std::string_view message) override {
        logger_.log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
    }

  private:
    spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<Log> make_stderr_log(LogLevel least) {
    return std::make_unique<StderrLog>(least);
}

}  // namespace hubbub::cli
