// What one link still has to send: frames by reference, in order. A queue of one frame owns no memory of its
// own. Owned by one link slot; its loop's thread only.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/shared_bytes.hpp"

namespace hubbub {

/// The first frame lives in the outbox itself: fan-out of one message at a time allocates nothing. Further
/// frames stand in a ring that grows by doubling and is given back when the outbox is empty, so that an idle
/// connection costs these 40 bytes and no more.
class Outbox {
  public:
    /// Frames without bytes are ignored.
    void push(SharedBytes frame);
    [[nodiscard]] bool empty() const { return bytes_ == 0; }
    /// Bytes not yet taken.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t frames() const { return first_.empty() ? 0 : 1 + count_; }
    [[nodiscard]] bool owns_memory() const { return ring_ != nullptr; }

    struct Gathered {
        std::size_t buffers = 0;
        std::size_t bytes = 0;
    };
    /// Fills `buffers` with what is next to be sent, at most `bytes_max` in all (the last one may be cut).
    /// The entries are valid until the next push, consume or clear.
    Gathered gather(std::span<iovec> buffers, std::size_t bytes_max) const;
    /// The carrier took `bytes` (at most bytes()); frames that left entirely are released.
    void consume(std::size_t bytes);
    void clear();

  private:
    [[nodiscard]] std::uint32_t wrap(std::uint32_t index) const { return index & (capacity_ - 1); }
    void grow();
    void pop_first();

    SharedBytes first_;
    std::unique_ptr<SharedBytes[]> ring_;  // capacity_ entries, a power of two
    std::size_t bytes_ = 0;
    std::uint32_t capacity_ = 0;
    std::uint32_t head_ = 0;
    std::uint32_t count_ = 0;   // frames in the ring
    std::uint32_t offset_ = 0;  // bytes of first_ that left already
};

static_assert(sizeof(Outbox) <= 40, "an idle connection pays for every byte of it");

}  // namespace hubbub
