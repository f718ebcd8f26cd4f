#include "transport/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "transport/metric_family.hpp"

namespace hubbub {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

struct ProcessState {
    double cpu_seconds = 0, start_seconds = 0, virtual_bytes = 0, resident_bytes = 0;
};

/// Seconds since 1970 at which the machine started: /proc tells processes' starts relative to it.
double boot_seconds() {
    std::ifstream file("/proc/stat");
    std::string word;
    while (file >> word) {
        double value = 0;
        if (word == "btime" && file >> value) return value;
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return 0;
}

/// proc(5), /proc/pid/stat: the fields behind the name, which may hold anything, from the third on.
std::optional<ProcessState> read_state() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    if (!std::getline(file, line) || line.rfind(')') == std::string::npos) return std::nullopt;
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    constexpr int user_time = 14, system_time = 15, start_time = 22, virtual_bytes = 23, resident_pages = 24;
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    ProcessState state;
    std::string word;
    for (int field = 3; field <= resident_pages && rest >> word; ++field) {
        const double value = field == 3 ? 0 : std::stod(word);
        if (field == user_time || field == system_time) state.cpu_seconds += value / ticks;
        if (field == start_time) state.start_seconds = boot_seconds() + value / ticks;
        if (field == virtual_bytes) state.virtual_bytes = value;
        if (field == resident_pages)
            state.resident_bytes = value * static_cast<double>(sysconf(_SC_PAGESIZE));
    }
    return state;
}

double open_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator each("/proc/self/fd", error);
    double count = error ? 0 : -1;  // the one that lists them
    for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) ++count;
    return count;
}

}  // namespace

std::vector<MetricFamily> ProcessFigures::Collect() const {
    std::vector<MetricFamily> out;
    const auto tell = [&out](const char* name, const char* help, MetricType type, double value) {
        out.push_back(metric_family(name, help, type));
        add_sample(out.back(), {}, value);
    };
    const auto state = read_state();
    if (!state) return out;
    tell("process_cpu_seconds_total", "User and system time of the process", MetricType::Counter,
         state->cpu_seconds);
    tell("process_start_time_seconds", "When the process started, since 1970", MetricType::Gauge,
         state->start_seconds);
    tell("process_virtual_memory_bytes", "Address space of the process", MetricType::Gauge,
         state->virtual_bytes);
    tell("process_resident_memory_bytes", "Memory of the process", MetricType::Gauge, state->resident_bytes);
    tell("process_open_fds", "Descriptors that are open", MetricType::Gauge, open_descriptors());
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        tell("process_max_fds", "Descriptors that may be open", MetricType::Gauge,
             static_cast<double>(limit.rlim_cur));
    return out;
}

}  // namespace hubbub
