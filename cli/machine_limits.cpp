#include "cli/machine_limits.hpp"

#include <sys/resource.h>

#include <fstream>
#include <string>

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
    return out;
}

}  // namespace hubbub::cli
