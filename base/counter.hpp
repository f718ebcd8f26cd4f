// A figure that one thread counts and any thread reads: relaxed atomics without read-modify-write, so that
// counting costs a plain add. Owned by what counts; one writer.
#pragma once

#include <atomic>
#include <cstdint>

namespace hubbub {

class RelaxedCounter {
  public:
    void add(std::uint64_t n = 1) { set(get() + n); }
    void subtract(std::uint64_t n = 1) { set(get() - n); }
    void raise_to(std::uint64_t n) {
        if (n > get()) set(n);
    }
    void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace hubbub
