#include "loadgen/runner/machine.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace hubbub {
namespace {

std::string value_of(const char* file, const std::string& key) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        if (line.rfind(key, 0) != 0) continue;
        const auto colon = line.find(':');
        const auto start = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
        if (start != std::string::npos) return line.substr(start);
    }
    return "unknown";
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double StealMeter::share() {
    std::ifstream stat("/proc/stat");
    std::string line;
    std::getline(stat, line);
    std::istringstream fields(line);
    std::string name;
    fields >> name;
    unsigned long long total = 0;
    unsigned long long stolen = 0;
    int count = 0;
    for (unsigned long long value = 0; fields >> value; ++count) {
        if (count < 8) total += value;  // user .. steal; guest time is inside user
        if (count == 7) stolen = value;
    }
    if (count < 8 || total <= total_) return -1;
    const double share = static_cast<double>(stolen - stolen_) / static_cast<double>(total - total_);
    stolen_ = stolen;
    total_ = total;
    return share;
}

std::map<std::string, std::string> machine_facts() {
    std::map<std::string, std::string> out;
    utsname kernel{};
    uname(&kernel);
    out["kernel"] = std::string(kernel.sysname) + " " + kernel.release;
    out["cpu"] = value_of("/proc/cpuinfo", "model name");
    out["cores"] = std::to_string(sysconf(_SC_NPROCESSORS_ONLN));
    out["memory"] = value_of("/proc/meminfo", "MemTotal");
    return out;
}

}  // namespace hubbub
