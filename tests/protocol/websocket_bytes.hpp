// Frames built bit by bit, so that tests can break each rule, and readings written down as comparable lines.
// Used by tests and fuzzers; one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/websocket.hpp"

namespace hubbub::websocket {

enum class LengthForm { shortest, two_bytes, eight_bytes };

struct RawFrame {
    bool fin = true;
    int reserved = 0;  ///< RSV1 = 4, RSV2 = 2, RSV3 = 1
    int opcode = 1;
    bool masked = false;
    std::string payload = {};
    LengthForm form = LengthForm::shortest;
    std::uint64_t claimed_length = UINT64_MAX;  ///< unless set: the payload's
};

inline std::string raw(const RawFrame& frame) {
    constexpr unsigned char mask[4] = {0xA1, 0x02, 0xF3, 0x44};
    std::string out;
    const auto put = [&out](std::uint64_t byte) { out.push_back(static_cast<char>(byte & 0xFF)); };
    put((frame.fin ? 0x80U : 0U) | static_cast<unsigned>(frame.reserved << 4 | frame.opcode));
    const std::uint64_t length =
        frame.claimed_length == UINT64_MAX ? frame.payload.size() : frame.claimed_length;
    const std::uint64_t mask_bit = frame.masked ? 0x80U : 0U;
    if (frame.form == LengthForm::shortest && length < 126) {
        put(mask_bit | length);
    } else if (frame.form == LengthForm::two_bytes ||
               (frame.form == LengthForm::shortest && length <= 0xFFFF)) {
        put(mask_bit | 126);
        put(length >> 8);
        put(length);
    } else {
        put(mask_bit | 127);
        for (int shift = 56; shift >= 0; shift -= 8) put(length >> shift);
    }
    if (frame.masked)
        for (const unsigned char byte : mask) put(byte);
    for (std::size_t i = 0; i < frame.payload.size(); ++i)
        put(static_cast<unsigned char>(frame.payload[i]) ^ (frame.masked ? mask[i % 4] : 0U));
    return out;
}

/// "text:...", "binary:...", "ping:...", "pong:...", "close 1000:...".
inline std::string described(const Event& event) {
    std::string head;
    switch (event.kind) {
        case Event::Kind::need_more:
            return "need more";
        case Event::Kind::message:
            head = event.binary ? "binary" : "text";
            break;
        case Event::Kind::ping:
            head = "ping";
            break;
        case Event::Kind::pong:
            head = "pong";
            break;
        case Event::Kind::close:
            head = "close " + std::to_string(event.close_code);
            break;
    }
    return head.append(":").append(event.payload);
}

/// Feeds `input` and appends what was found, up to need_more or "error 1002:why". False after an error.
inline bool read_into(Reader& reader, std::string input, std::vector<std::string>& found) {
    reader.set_input(input);
    while (true) {
        const auto step = reader.next();
        if (!step) {
            found.push_back("error " + std::to_string(step.error().close_code) + ":" + step.error().why);
            return false;
        }
        if (step->kind == Event::Kind::need_more) return true;
        found.push_back(described(*step));
    }
}

/// Reads `bytes` cut at `cuts` (offsets modulo the size, in any order).
inline std::vector<std::string> read_cut(Role role, std::size_t bytes_max, std::string_view bytes,
                                         std::vector<std::size_t> cuts) {
    Reader reader(role, bytes_max);
    std::vector<std::string> found;
    for (auto& cut : cuts) cut %= bytes.size() + 1;
    cuts.push_back(bytes.size());
    std::sort(cuts.begin(), cuts.end());
    std::size_t from = 0;
    for (const std::size_t cut : cuts) {
        if (!read_into(reader, std::string(bytes.substr(from, cut - from)), found)) break;
        from = cut;
    }
    return found;
}

inline std::vector<std::string> read_whole(Role role, std::size_t bytes_max, std::string_view bytes) {
    return read_cut(role, bytes_max, bytes, {});
}

inline std::vector<std::string> read_bytewise(Role role, std::size_t bytes_max, std::string_view bytes) {
    std::vector<std::size_t> cuts(bytes.size());
    for (std::size_t i = 0; i < cuts.size(); ++i) cuts[i] = i;
    return read_cut(role, bytes_max, bytes, cuts);
}

}  // namespace hubbub::websocket
