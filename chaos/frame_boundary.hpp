// Follows a stream of WebSocket frames: does a frame begin with the next byte? What acts on whole frames may
// join a stream only there. Owned by a faulty link; pure. It looks at headers alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hubbub {

class FrameBoundary {
  public:
    [[nodiscard]] bool here() const { return left_ == 0 && head_size_ == 0; }

    void follow(std::string_view bytes) {
        while (!bytes.empty()) {
            if (left_ > 0) {
                const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
                left_ -= part;
                bytes.remove_prefix(part);
                continue;
            }
            head_[head_size_++] = static_cast<std::uint8_t>(bytes.front());
            bytes.remove_prefix(1);
            if (head_size_ >= 2 && head_size_ == head_bytes()) enter();
        }
    }

  private:
    // RFC 6455 section 5.2.
    [[nodiscard]] std::size_t length_bytes() const {
        const unsigned length = head_[1] & 0x7fU;
        return length == 126 ? 2 : length == 127 ? 8 : 0;
    }
    [[nodiscard]] std::size_t head_bytes() const {
        return 2 + length_bytes() + ((head_[1] & 0x80U) != 0 ? 4 : 0);
    }
    void enter() {
        left_ = length_bytes() == 0 ? head_[1] & 0x7fU : 0;
        for (std::size_t i = 0; i < length_bytes(); ++i) left_ = left_ << 8 | head_[2 + i];
        head_size_ = 0;
    }

    std::array<std::uint8_t, 14> head_{};
    std::uint8_t head_size_ = 0;
    std::uint64_t left_ = 0;
};

}  // namespace hubbub
