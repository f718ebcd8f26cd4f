#include "cli/machine_limits.hpp"

#include <sys/resource.h>

#include <fstream>
#include <string>
#include <thread>

namespace hubbub::cli {

MachineLimits machine_limits() {
    MachineLimits out;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        out.descriptors = limit.rlim_max;
    }
    std::ifstream meminfo("/proc/meminfo");
    for (std::string line; std::getline(meminfo, line);)
        if (line.rfind("MemAvailable:", 0) == 0) out.memory_bytes = std::stoull(line.substr(13)) * 1024;
    std::ifstream ports("/proc/sys/net/ipv4/ip_local_port_range");
    std::uint64_t first = 0, last = 0;
    if (ports >> first >> last && last >= first) out.ports = last - first + 1;
    return out;
}

Staging staging_for(const Plan& plan, const RunOptions& options) {
    Staging staging =
        staging_of(plan, {options.workers, options.processes, std::thread::hardware_concurrency()});
    if (options.urls.empty()) return staging;
    staging.embedded = false;
    staging.urls = options.urls;
    return staging;
}

}  // namespace hubbub::cli
