// An immutable run of bytes, written once and referred to by every recipient of a fan-out.
// Counted without atomics: it belongs to one thread (one shard, one worker); what crosses threads is copied
// once.
#pragma once

#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "base/assert.hpp"

namespace hubbub {

class SharedBytes {
  public:
    SharedBytes() = default;
    SharedBytes(const SharedBytes& other) : block_(other.block_) {
        if (block_) ++block_->references;
    }
    SharedBytes(SharedBytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    SharedBytes& operator=(SharedBytes other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~SharedBytes() { release(); }

    /// One allocation for count and bytes; the caller fills `writable()` before sharing it.
    static SharedBytes allocate(std::size_t size) {
        HUBBUB_ASSERT(size <= UINT32_MAX, "shared bytes count in 32 bits");
        SharedBytes out;
        out.block_ = ::new (::operator new(sizeof(Block) + size)) Block{1, static_cast<std::uint32_t>(size)};
        return out;
    }
    static SharedBytes copy_of(std::string_view bytes) {
        SharedBytes out = allocate(bytes.size());
        if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
        return out;
    }

    [[nodiscard]] std::string_view view() const {
        return block_ ? std::string_view(data(), block_->size) : std::string_view();
    }
    [[nodiscard]] std::size_t size() const { return block_ ? block_->size : 0; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] std::span<char> writable() { return {data(), size()}; }
    [[nodiscard]] std::uint32_t references() const { return block_ ? block_->references : 0; }

  private:
    struct Block {
        std::uint32_t references;
        std::uint32_t size;
    };
    [[nodiscard]] char* data() const { return reinterpret_cast<char*>(block_ + 1); }
    void release() {
        if (block_ && --block_->references == 0) free_block(block_);
        block_ = nullptr;
    }
    // Not inlined: g++ 12 takes the count of a block that others still hold for a use after the delete.
    [[gnu::noinline]] static void free_block(Block* block) { ::operator delete(block); }

    Block* block_ = nullptr;
};

}  // namespace hubbub
