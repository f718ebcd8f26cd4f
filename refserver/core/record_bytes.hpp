// The bytes that records are made of: canonical varints, bytes, length-prefixed strings.
// Values on the stack of an encode or decode call; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub {

class RecordWriter {
  public:
    /// `memory`: any string whose allocation may be used again.
    explicit RecordWriter(std::uint8_t format, std::string memory = {}) : bytes_(std::move(memory)) {
        bytes_.clear();
        byte(format);
    }
    void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
    /// LEB128: 7 bits a byte, lowest first, the top bit says that more follow.
    void varint(std::uint64_t value);
    /// Zigzag, then varint: small differences of either sign take one byte.
    void difference(std::int64_t value);
    void text(std::string_view value);
    std::string take() && { return std::move(bytes_); }

  private:
    std::string bytes_;
};

/// Reads what the writer wrote and nothing else: the first thing that does not fit makes every later read
/// return zero, and done() false. Overlong varints do not fit, so that a value has one encoding only.
class RecordReader {
  public:
    RecordReader(std::string_view bytes, std::uint8_t format);
    std::uint8_t byte();
    /// A byte that is one of 0..last.
    std::uint8_t choice(std::uint8_t last);
    std::uint64_t varint();
    /// A varint that is at most `most`.
    std::uint64_t varint(std::uint64_t most);
    std::int64_t difference();
    std::string_view text();
    /// A number of things that take at least one byte each: more than there are bytes left does not fit, so
    /// that a broken count allocates nothing.
    std::size_t count(std::size_t most);
    /// What was read makes no sense to the caller.
    void refuse() { ok_ = false; }
    [[nodiscard]] bool ok() const { return ok_; }
    /// Everything fitted and nothing is left over.
    [[nodiscard]] bool done() const { return ok_ && at_ == bytes_.size(); }
    /// Where reading stopped, for the message.
    [[nodiscard]] std::size_t position() const { return at_; }

  private:
    std::uint64_t reject() {
        ok_ = false;
        return 0;
    }
    std::string_view bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace hubbub
