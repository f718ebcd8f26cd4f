// When a fault that begins in the middle of a connection begins: after a time, and after a number of bytes.
// Owned by a fault. Pure.
#pragma once

#include <algorithm>
#include <cstddef>

#include "chaos/fault_kind.hpp"

namespace hubbub {

class Onset {
  public:
    Onset(Time start, std::int64_t after_milliseconds, std::int64_t bytes)
        : due_(start + as_milliseconds(after_milliseconds)), left_(static_cast<std::uint64_t>(bytes)) {}

    [[nodiscard]] bool begun(Time now) const { return left_ == 0 && now >= due_; }
    /// When it begins without further bytes.
    [[nodiscard]] Time deadline() const { return left_ == 0 ? due_ : never; }
    /// How many of so many bytes pass before it begins. Only before it has begun.
    std::size_t let_pass(std::size_t bytes, Time now) {
        if (now < due_) {
            left_ -= std::min<std::uint64_t>(left_, bytes);
            return bytes;
        }
        const auto free = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes));
        left_ -= free;
        return free;
    }

  private:
    Time due_;
    std::uint64_t left_;
};

}  // namespace hubbub
