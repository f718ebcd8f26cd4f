#include "loadgen/plan/layout.hpp"

#include <algorithm>

namespace hubbub {
namespace {

bool fits(const Plan& plan, const WorkerLayout& layout, std::uint64_t descriptors) {
    return descriptors == 0 || connections_a_process(plan, layout) + descriptors_beside <= descriptors;
}

}  // namespace

WorkerShare WorkerLayout::share(std::uint32_t p) const {
    if (processes == 0) return {0, workers, workers};
    const auto border = [this](std::uint64_t i) {
        return static_cast<std::uint32_t>(i * workers / processes);
    };
    return {border(p), border(std::uint64_t{p} + 1), workers};
}

std::uint32_t connections_a_process(const Plan& plan, const WorkerLayout& layout) {
    std::uint32_t most = 0;
    for (std::uint32_t p = 0; p < std::max(1U, layout.processes); ++p) {
        const WorkerShare share = layout.share(p);
        const std::uint32_t first = plan.slice(share.first, share.of).first_device;
        most = std::max(most, plan.slice(share.last - 1, share.of).last_device - first);
    }
    return most;
}

std::optional<WorkerLayout> layout_of(const Plan& plan, const LayoutWish& wish, std::uint64_t descriptors) {
    WorkerLayout layout;
    layout.workers = wish.workers > 0 ? wish.workers
                                      : std::clamp(plan.online_devices / connections_a_worker, 1U,
                                                   std::max(1U, wish.cores));
    const std::uint32_t workers = layout.workers;
    const auto with = [&](std::uint32_t processes) {
        layout.processes = processes;
        layout.workers = std::max(workers, processes);
        return fits(plan, layout, descriptors);
    };
    if (wish.processes > 0)
        return wish.processes <= worker_processes_max && with(wish.processes) ? std::optional(layout)
                                                                              : std::nullopt;
    if (with(0)) return layout;
    if (descriptors <= descriptors_beside) return std::nullopt;
    // Shares are equal by users, not by devices: the quotient may be a little too low.
    const std::uint64_t least = plan.online_devices / (descriptors - descriptors_beside) + 1;
    for (std::uint64_t processes = least; processes <= worker_processes_max; ++processes)
        if (with(static_cast<std::uint32_t>(processes))) return layout;
    return std::nullopt;
}

}  // namespace hubbub
