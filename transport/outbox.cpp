#include "transport/outbox.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {

namespace {
constexpr std::uint32_t first_capacity = 8;

iovec buffer_of(std::string_view bytes) {
    // sendmsg only reads; iovec has no const form.
    return {const_cast<char*>(bytes.data()), bytes.size()};
}
}  // namespace

void Outbox::push(SharedBytes frame) {
    if (frame.empty()) return;
    bytes_ += frame.size();
    if (first_.empty()) {
        first_ = std::move(frame);
        return;
    }
    if (count_ == capacity_) grow();
    ring_[wrap(head_ + count_)] = std::move(frame);
    ++count_;
}

Outbox::Gathered Outbox::gather(std::span<iovec> buffers, std::size_t bytes_max) const {
    Gathered out;
    const std::size_t wanted = std::min(frames(), buffers.size());
    while (out.buffers < wanted && out.bytes < bytes_max) {
        const auto position = static_cast<std::uint32_t>(out.buffers);
        std::string_view bytes =
            position == 0 ? first_.view().substr(offset_) : ring_[wrap(head_ + position - 1)].view();
        bytes = bytes.substr(0, bytes_max - out.bytes);
        buffers[out.buffers++] = buffer_of(bytes);
        out.bytes += bytes.size();
    }
    return out;
}

void Outbox::consume(std::size_t bytes) {
    HUBBUB_ASSERT(bytes <= bytes_, "more bytes left than were queued");
    if (bytes == bytes_) return clear();
    bytes_ -= bytes;
    while (bytes >= first_.size() - offset_) {
        bytes -= first_.size() - offset_;
        pop_first();
    }
    offset_ += static_cast<std::uint32_t>(bytes);
}

void Outbox::clear() {
    first_ = SharedBytes();
    ring_.reset();
    bytes_ = 0;
    capacity_ = head_ = count_ = offset_ = 0;
}

void Outbox::pop_first() {
    // Only called while later frames remain: an outbox that empties is cleared as a whole.
    first_ = std::move(ring_[head_]);
    head_ = wrap(head_ + 1);
    --count_;
    offset_ = 0;
}

void Outbox::grow() {
    const std::uint32_t larger = capacity_ == 0 ? first_capacity : capacity_ * 2;
    auto ring = std::make_unique<SharedBytes[]>(larger);
    for (std::uint32_t i = 0; i < count_; ++i) ring[i] = std::move(ring_[wrap(head_ + i)]);
    ring_ = std::move(ring);
    capacity_ = larger;
    head_ = 0;
}

}  // namespace hubbub
