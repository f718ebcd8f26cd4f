// CPU time and heap allocations of some stretches of work, each counted apart from what prepares it.
// Owned by a benchmark; one thread. Needs bench/allocations.hpp in the same program.
#pragma once

#include <ctime>
#include <string>

#include "bench/allocations.hpp"
#include "bench/support.hpp"

namespace hubbub::bench {

/// CPU nanoseconds of this thread: neighbours on the machine do not count.
inline double thread_cpu_nanos() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

class Meter {
  public:
    /// Runs `work` and adds what it took.
    template <class Work>
    void measure(Work&& work) {
        const Heap before = heap;
        const double start = thread_cpu_nanos();
        work();
        nanos_ += thread_cpu_nanos() - start;
        heap_.allocations += heap.allocations - before.allocations;
        heap_.bytes += heap.bytes - before.bytes;
    }
    [[nodiscard]] std::uint64_t allocations() const { return heap_.allocations; }
    void print(const std::string& name, double operations, const char* unit) const {
        const std::string per = std::string("/") + unit;
        bench::print(name, nanos_ / operations, "ns" + per);
        bench::print(name + "_allocations", static_cast<double>(heap_.allocations) / operations,
                     "allocations" + per);
        bench::print(name + "_allocated", static_cast<double>(heap_.bytes) / operations, "bytes" + per);
    }

  private:
    double nanos_ = 0;
    Heap heap_;
};

}  // namespace hubbub::bench
