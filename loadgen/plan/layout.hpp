// Who plays a plan: how many workers, as threads of one process or in processes of their own, because a
// process may hold so many connections and no more. Pure functions of plan, wish and limits; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// Descriptors a process needs beside its connections: listener, loops, wake-ups, database files, logs.
inline constexpr std::uint64_t descriptors_beside = 128;
/// Beyond it a machine is short of something else first.
inline constexpr std::uint32_t worker_processes_max = 1000;
/// A worker below that would rather cost a turn than save one.
inline constexpr std::uint32_t connections_a_worker = 500;

/// Ports of one source and target are few (28,232 by default) and stay taken for a minute after their
/// connection; looking for a free one among few left costs the kernel more than the connection.
inline constexpr std::uint32_t connections_a_source = 2000;
inline constexpr std::uint32_t loopback_sources_max = 200;

/// Workers [first, last) of `of` in all.
struct WorkerShare {
    using PlainBytes = void;
    std::uint32_t first = 0, last = 0, of = 1;
};

/// 0: as many as fit.
struct LayoutWish {
    std::uint32_t workers = 0, processes = 0;
    std::uint32_t cores = 1;
};

struct WorkerLayout {
    std::uint32_t processes = 0;  ///< 0: workers are threads of the runner's own process
    std::uint32_t workers = 1;    ///< in all, at least one a process
    /// What process `p` hosts: shares of as equal a size as can be.
    [[nodiscard]] WorkerShare share(std::uint32_t p) const;
};

/// Connections of the process that holds the most.
std::uint32_t connections_a_process(const Plan& plan, const WorkerLayout& layout);

/// As wished where it is wished; else one process as long as its `descriptors` (0: unknown, enough) suffice.
/// Nothing when no number of processes is enough, or the wished one is not.
std::optional<WorkerLayout> layout_of(const Plan& plan, const LayoutWish& wish, std::uint64_t descriptors);

}  // namespace hubbub
