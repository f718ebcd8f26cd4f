#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/websocket_mask.hpp"
#include "tests/protocol/websocket_bytes.hpp"

namespace hubbub::websocket {
namespace {

constexpr std::size_t roomy = 1 << 20;

struct Stream {
    std::string bytes;
    std::vector<std::string> events;
};

std::string arbitrary_payload(bool binary) {
    constexpr const char* pieces[] = {
        "a",   "long enough to cross words of eight bytes ", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
        "\x7F"};
    std::string text;
    for (const int piece : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6)))
        text += pieces[piece];
    if (binary) text += *rc::gen::arbitrary<std::string>();
    return text;
}

/// A valid stream of messages, fragmented at will, control frames anywhere, and what it means.
Stream arbitrary_stream(bool masked) {
    Stream stream;
    const auto control = [&] {
        const int opcode = *rc::gen::arbitrary<bool>() ? 9 : 10;
        const std::string payload = arbitrary_payload(true).substr(0, 125);
        stream.bytes += raw({.opcode = opcode, .masked = masked, .payload = payload});
        stream.events.push_back((opcode == 9 ? "ping:" : "pong:") + payload);
    };
    const int messages = *rc::gen::inRange(0, 6);
    for (int m = 0; m < messages; ++m) {
        const bool binary = *rc::gen::arbitrary<bool>();
        const std::string payload = arbitrary_payload(binary);
        const int fragments = *rc::gen::inRange(1, 5);
        std::size_t from = 0;
        for (int f = 1; f <= fragments; ++f) {
            if (*rc::gen::inRange(0, 3) == 0) control();
            const std::size_t to =
                f == fragments ? payload.size() : *rc::gen::inRange<std::size_t>(from, payload.size() + 1);
            const int opcode = f > 1 ? 0 : binary ? 2 : 1;
            stream.bytes += raw({.fin = f == fragments,
                                 .opcode = opcode,
                                 .masked = masked,
                                 .payload = payload.substr(from, to - from)});
            from = to;
        }
        stream.events.push_back((binary ? "binary:" : "text:") + payload);
    }
    return stream;
}

RC_GTEST_PROP(ReaderProperty, AnySplitOfAValidStreamGivesItsEvents, (bool masked)) {
    const Stream stream = arbitrary_stream(masked);
    const Role role = masked ? Role::server : Role::client;
    const auto cuts = *rc::gen::arbitrary<std::vector<std::size_t>>();
    RC_ASSERT(read_whole(role, roomy, stream.bytes) == stream.events);
    RC_ASSERT(read_bytewise(role, roomy, stream.bytes) == stream.events);
    RC_ASSERT(read_cut(role, roomy, stream.bytes, cuts) == stream.events);
}

RC_GTEST_PROP(ReaderProperty, AnySplitOfADamagedStreamGivesTheSameEvents,
              (bool masked, std::uint8_t damage)) {
    Stream stream = arbitrary_stream(masked);
    RC_PRE(!stream.bytes.empty());
    const auto at = *rc::gen::inRange<std::size_t>(0, stream.bytes.size());
    stream.bytes[at] = static_cast<char>(static_cast<unsigned char>(stream.bytes[at]) ^ damage);
    const Role role = masked ? Role::server : Role::client;
    const auto cuts = *rc::gen::arbitrary<std::vector<std::size_t>>();
    const auto whole = read_whole(role, 1000, stream.bytes);
    RC_ASSERT(read_bytewise(role, 1000, stream.bytes) == whole);
    RC_ASSERT(read_cut(role, 1000, stream.bytes, cuts) == whole);
}

RC_GTEST_PROP(ReaderProperty, HoldsNothingAtTheEndOfAValidStream, (bool masked)) {
    const Stream stream = arbitrary_stream(masked);
    Reader reader(masked ? Role::server : Role::client, roomy);
    std::vector<std::string> found;
    for (const char byte : stream.bytes) RC_ASSERT(read_into(reader, std::string{byte}, found));
    RC_ASSERT(!reader.partial());
    RC_ASSERT(reader.buffered_bytes() == 0U);
}

RC_GTEST_PROP(WriterProperty, WhatIsWrittenIsRead, (const std::string& payload, std::uint32_t mask)) {
    const std::string short_payload = payload.substr(0, 125);
    std::string plain;
    append_frame(plain, Opcode::binary, payload);
    append_frame(plain, Opcode::ping, short_payload);
    std::string masked;
    append_masked_frame(masked, Opcode::binary, payload, mask);
    append_masked_frame(masked, Opcode::ping, short_payload, mask);
    const std::vector<std::string> expected{"binary:" + payload, "ping:" + short_payload};
    RC_ASSERT(read_whole(Role::client, roomy, plain) == expected);
    RC_ASSERT(read_whole(Role::server, roomy, masked) == expected);
}

RC_GTEST_PROP(MaskProperty, EightAtATimeIsByteByByte, (const std::string& bytes, std::uint32_t mask)) {
    std::string masked(bytes.size(), '\0');
    apply_mask(bytes.data(), masked.data(), bytes.size(), mask);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto key = static_cast<unsigned char>(mask >> (8 * (i % 4)));
        RC_ASSERT(static_cast<unsigned char>(masked[i]) == (static_cast<unsigned char>(bytes[i]) ^ key));
    }
    const std::size_t cut = bytes.empty() ? 0 : mask % bytes.size();
    apply_mask(masked.data(), masked.data(), cut, mask);
    apply_mask(masked.data() + cut, masked.data() + cut, masked.size() - cut, rotate_mask(mask, cut));
    RC_ASSERT(masked == bytes);
}

}  // namespace
}  // namespace hubbub::websocket
