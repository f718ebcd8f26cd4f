// Counts what a benchmark takes from the heap: replaces the global operator new of its program.
// Included by a benchmark's one source file; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace hubbub::bench {

struct Heap {
    std::uint64_t allocations = 0, bytes = 0;
};
inline Heap heap;

inline void* take(std::size_t size, std::size_t alignment) {
    ++heap.allocations;
    heap.bytes += size;
    void* const memory = alignment > alignof(std::max_align_t)
                             ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                             : std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace hubbub::bench

// Not inlined: g++ 12 would see malloc() paired with operator delete and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    return hubbub::bench::take(size, 1);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    return hubbub::bench::take(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
