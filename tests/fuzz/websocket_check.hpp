// What must hold for any bytes that a peer sends to the WebSocket reader. Shared by the fuzzer and by the
// test that replays its corpus. One thread.
#pragma once

#include <string_view>

#include "base/assert.hpp"
#include "tests/protocol/websocket_bytes.hpp"

namespace hubbub::websocket {

/// Byte 0: bit 0 the role, bit 1 a small size limit, from bit 2 on how many cuts follow (two bytes each);
/// then the stream. Aborts when the stream reads differently in pieces than whole.
inline void check_any_stream(std::string_view input) {
    if (input.empty()) return;
    const auto first = static_cast<unsigned char>(input[0]);
    const Role role = (first & 1U) != 0 ? Role::server : Role::client;
    const std::size_t bytes_max = (first & 2U) != 0 ? 200 : 64 * 1024;
    const std::size_t cut_count = first >> 2;
    input.remove_prefix(1);
    if (input.size() < 2 * cut_count) return;
    std::vector<std::size_t> cuts;
    for (std::size_t i = 0; i < cut_count; ++i) {
        cuts.push_back(static_cast<std::size_t>(static_cast<unsigned char>(input[0]) << 8) +
                       static_cast<unsigned char>(input[1]));
        input.remove_prefix(2);
    }
    const auto whole = read_whole(role, bytes_max, input);
    HUBBUB_ASSERT(read_cut(role, bytes_max, input, cuts) == whole, "a cut changes what is read");
    HUBBUB_ASSERT(read_bytewise(role, bytes_max, input) == whole, "byte by byte reads something else");
    for (const auto& line : whole) {
        const bool text = line.starts_with("text:");
        HUBBUB_ASSERT(!text || valid_utf8(std::string_view(line).substr(5)), "handed out wrong text");
        HUBBUB_ASSERT(line.size() <= bytes_max + 200, "handed out more than the limit");
    }
}

}  // namespace hubbub::websocket
