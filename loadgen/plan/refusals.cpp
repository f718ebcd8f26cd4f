// What a run needs of its machine, and what it lacks there.
#include <algorithm>

#include "loadgen/plan/figures.hpp"
#include "loadgen/plan/words.hpp"

namespace hubbub {
namespace {

/// Of ws://host:port/path; only names that cannot mean another machine.
bool is_loopback(const std::string& url) {
    const auto host = url.find("://") == std::string::npos ? std::string() : url.substr(url.find("://") + 3);
    return host.starts_with("127.");
}

void refuse_descriptors(const Plan& plan, const MachineLimits& limits, const Staging& staging,
                        std::vector<std::string>& out) {
    const std::uint64_t all = plan.online_devices + descriptors_beside;
    if (staging.embedded && all > limits.descriptors)
        out.push_back("the embedded server is one process and needs " + grouped(all) +
                      " descriptors, the limit is " + grouped(limits.descriptors) +
                      ": raise it (ulimit -n), lower population.online, or give a server elsewhere (--url)");
    if (layout_of(plan, staging.wish, limits.descriptors)) return;
    const std::string each = "a process may have " + grouped(limits.descriptors) + " descriptors, " +
                             grouped(descriptors_beside) + " of them for itself: ";
    if (staging.wish.processes == 0)
        out.push_back(each + "raise the limit (ulimit -n) or lower population.online");
    else if (staging.wish.processes > worker_processes_max)
        out.push_back("--processes " + std::to_string(staging.wish.processes) + " is more than " +
                      grouped(std::uint64_t{worker_processes_max}));
    else
        out.push_back(each + grouped(std::uint64_t{plan.online_devices}) + " connections need more than " +
                      std::to_string(staging.wish.processes) + " processes; leave out --processes");
}

}  // namespace

Staging staging_of(const Plan& plan, const LayoutWish& wish) {
    const Target& target = plan.scenario->target;
    return {wish, target.embedded, target.endpoints};
}

std::uint32_t source_addresses(const Plan& plan, const Staging& staging) {
    if (!staging.embedded &&
        (staging.urls.empty() || !std::all_of(staging.urls.begin(), staging.urls.end(), is_loopback)))
        return 1;
    return std::min(plan.online_devices / connections_a_source + 1, loopback_sources_max);
}

double memory_needed(const Plan& plan, const MachineLimits& limits, const Staging& staging) {
    constexpr double per_process = 20e6;  // its own heap and histograms: the plan is shared
    const auto layout = layout_of(plan, staging.wish, limits.descriptors);
    return figures(plan).memory_bytes + (layout ? layout->processes * per_process : 0);
}

std::vector<std::string> refusals(const Plan& plan, const MachineLimits& limits, const Staging& staging) {
    std::vector<std::string> out;
    if (limits.descriptors > 0) refuse_descriptors(plan, limits, staging, out);
    const std::uint64_t ways =
        source_addresses(plan, staging) * std::max<std::size_t>(staging.urls.size(), 1);
    if (limits.ports > 0 && plan.online_devices > limits.ports * ways)
        out.push_back(grouped(std::uint64_t{plan.online_devices}) + " connections need as many ports, and " +
                      grouped(limits.ports * ways) +
                      " are there from this machine to the target: widen net.ipv4.ip_local_port_range, give "
                      "more endpoints of the target, or lower population.online");
    const double memory = memory_needed(plan, limits, staging);
    if (limits.memory_bytes > 0 && memory > static_cast<double>(limits.memory_bytes))
        out.push_back("about " + in_bytes(memory) + " of memory are needed, " +
                      in_bytes(static_cast<double>(limits.memory_bytes)) +
                      " are free: lower population.users, the topology or the load");
    return out;
}

}  // namespace hubbub
