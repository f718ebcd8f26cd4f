// UTF-8 (RFC 3629) checked byte by byte, so that a text split anywhere is judged at its first wrong byte.
// A value of four bytes; owned by whoever reads the text, its thread only.
#pragma once

#include <cstdint>
#include <string_view>

namespace hubbub {

/// Feed it a text in pieces of any size. Refuses overlong forms, surrogates and what lies above U+10FFFF
/// (RFC 3629 section 4).
class Utf8Checker {
  public:
    /// False from the first byte on that no valid text can have here; do not feed it further then.
    [[nodiscard]] bool feed(std::string_view piece);
    /// Not in the middle of a character.
    [[nodiscard]] bool complete() const { return missing_ == 0; }

  private:
    [[nodiscard]] bool lead(unsigned char byte);

    std::uint8_t missing_ = 0;  ///< continuation bytes that this character still needs
    std::uint8_t low_ = 0x80;   ///< what the next of them may be: its bounds carry the rules against overlong
    std::uint8_t high_ = 0xBF;  ///< forms, surrogates and too large values, which all show in the second byte
};

}  // namespace hubbub
