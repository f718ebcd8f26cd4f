// What must hold for any bytes that the binary codec is asked to decode. Shared by the fuzzer and by the test
// that replays its corpus. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "protocol/codec.hpp"

namespace hubbub {

/// What is accepted is read again from what is written of it, in the same bytes; what is refused says why.
template <class Decode>
void check_binary_direction(Codec& codec, std::string_view input, Decode&& decode) {
    const auto first = decode(input);
    if (!first) {
        HUBBUB_ASSERT(!first.error().detail.empty(), "an error must say what is wrong");
        return;
    }
    std::string written;
    codec.encode(*first, written);
    HUBBUB_ASSERT(input.starts_with(written), "one message has one form");
}

inline void check_any_binary(Codec& codec, std::string_view input) {
    check_binary_direction(codec, input, [&](std::string_view bytes) { return codec.decode_client(bytes); });
    check_binary_direction(codec, input, [&](std::string_view bytes) { return codec.decode_server(bytes); });
}

}  // namespace hubbub
