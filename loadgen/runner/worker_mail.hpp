// What the runner says to a worker process, and what it answers; base/archive.hpp is the format.
// Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/archive.hpp"
#include "loadgen/runner/worker_seat.hpp"

namespace hubbub {

namespace worker_request {
/// Once, after setup. Answer: std::string, what went wrong; empty: the workers run.
struct Begin {
    RunKey key;
    WorkerShare share;
    std::vector<std::string> urls;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.key, self.share, self.urls);
    }
};
/// No answer: the next statuses are from after it.
struct Order {
    WorkerCommand command;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.command);
    }
};
struct Statuses {};   ///< answer: std::vector<WorkerStatus>
struct Heads {};      ///< answer: std::vector<Sequence>, by conversation
struct Latencies {};  ///< answer: RunLatencies
struct Finish {};     ///< answer: Found; then the process ends
}  // namespace worker_request
using WorkerRequest = std::variant<worker_request::Begin, worker_request::Order, worker_request::Statuses,
                                   worker_request::Heads, worker_request::Latencies, worker_request::Finish>;

/// SeatFindings on their way: each worker's findings as to_bytes() made them.
struct Found {
    std::vector<std::string> workers;
    Histogram loop_lag;
    std::uint64_t system_calls = 0;
    double cpu_seconds = 0;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.workers, self.loop_lag, self.system_calls, self.cpu_seconds);
    }
};

template <class T>
std::string mail_of(const T& value) {
    ArchiveWriter archive;
    archive(value);
    return archive.take();
}

/// Nothing when the bytes are no T.
template <class T>
std::optional<T> mail_from(std::string_view bytes) {
    T value;
    ArchiveReader archive(bytes);
    archive(value);
    if (!archive.complete()) return std::nullopt;
    return value;
}

}  // namespace hubbub
