// What must hold for any bytes that the JSON codec is asked to decode. Shared by the fuzzer and by the test
// that replays its corpus. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {

/// What is accepted is written in one form, which is accepted and written in the same form; what is refused
/// says why.
template <class Decode>
void check_one_direction(Codec& codec, std::string_view input, Decode&& decode) {
    const auto first = decode(input);
    if (!first) {
        HUBBUB_ASSERT(!first.error().detail.empty(), "an error must say what is wrong");
        return;
    }
    std::string written;
    codec.encode(*first, written);
    HUBBUB_ASSERT(websocket::valid_utf8(written), "wrote text that is not UTF-8");
    const auto second = decode(written);
    HUBBUB_ASSERT(second.has_value(), "refuses what it wrote");
    HUBBUB_ASSERT(first->index() == second->index(), "reads another message than it wrote");
    std::string again;
    codec.encode(*second, again);
    HUBBUB_ASSERT(written == again, "writes another form of what it wrote");
}

inline void check_any_json(Codec& codec, std::string_view input) {
    check_one_direction(codec, input, [&](std::string_view bytes) { return codec.decode_client(bytes); });
    check_one_direction(codec, input, [&](std::string_view bytes) { return codec.decode_server(bytes); });
}

}  // namespace hubbub
