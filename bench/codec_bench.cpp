// What one message costs the JSON codec and the WebSocket codec, in ns and CPU of one thread; the hot ones
// are the `msg` that a generator reads and the `send` that a server reads. Prints lines `name value unit`.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {
namespace {

/// Keeps the compiler from dropping work whose result nobody looks at.
void use(const void* result) {
    asm volatile("" : : "g"(result) : "memory");
}

/// The best of some rounds: what disturbs a round only ever makes it longer.
template <class Work>
void measure(const char* name, Work&& work) {
    constexpr int rounds = 15;
    constexpr int calls = 20'000;
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < calls; ++i) work();
        const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
        best = std::min(best, spent.count() / calls);
    }
    std::printf("%s %.0f ns\n", name, best);
}

/// The shape of a real one: 48 characters of stamp, then text.
std::string body_of(std::size_t bytes, bool escapes) {
    std::string body(48, 'A');
    while (body.size() < bytes) body += escapes ? "she said \"no\"\n" : "and then we went on to the next ";
    body.resize(bytes);
    return body;
}

template <class Message, class Decode>
void measure_message(Codec& codec, const std::string& name, const Message& message, Decode&& decode) {
    std::string payload;
    codec.encode(message, payload);
    std::printf("%s_size %zu bytes\n", name.c_str(), payload.size());
    measure((name + "_decode").c_str(), [&] {
        const auto result = decode(payload);
        use(&result);
    });
    std::string out;
    measure((name + "_encode").c_str(), [&] {
        out.clear();
        codec.encode(message, out);
        use(out.data());
    });
}

void measure_json() {
    const auto codec = make_json_codec();
    const auto client = [&](const std::string& payload) { return codec->decode_client(payload); };
    const auto server = [&](const std::string& payload) { return codec->decode_server(payload); };
    const ConversationId id{0x0123456789abcdefULL, 0xfedcba9876543210ULL};
    const std::string plain = body_of(170, false);
    const std::string escaped = body_of(170, true);
    Entry entry;
    entry.conversation = id;
    entry.sequence = 123456;
    entry.user = "u12345";
    entry.device = "d1";
    entry.number = 77;
    entry.body = plain;
    measure_message(*codec, "json_msg", ServerMessage{entry}, server);
    entry.body = escaped;
    measure_message(*codec, "json_msg_escaped", ServerMessage{entry}, server);
    measure_message(*codec, "json_ack", ServerMessage{Ack{id, 77, 123456}}, server);
    measure_message(*codec, "json_send", ClientMessage{Send{id, 77, plain}}, client);
    measure_message(*codec, "json_beat", ClientMessage{Beat{}}, client);
}

void measure_frames() {
    const std::string payload = body_of(260, false);
    std::string plain;
    std::string masked;
    websocket::append_frame(plain, websocket::Opcode::text, payload);
    websocket::append_masked_frame(masked, websocket::Opcode::text, payload, 0);
    websocket::Reader server(websocket::Role::server, limits::client_message_bytes_max);
    websocket::Reader client(websocket::Role::client, limits::server_message_bytes_max);
    const auto read = [](websocket::Reader& reader, std::string& bytes) {
        reader.set_input(bytes);
        while (reader.next()->kind != websocket::Event::Kind::need_more) {
        }
    };
    // A mask of zero: the input stays what it is, and the work is the same.
    measure("frame_read_masked_260", [&] { read(server, masked); });
    measure("frame_read_260", [&] { read(client, plain); });
    measure("frame_write_260",
            [&] { use(websocket::make_frame(websocket::Opcode::text, payload).view().data()); });
    measure("frame_write_masked_260",
            [&] { use(websocket::make_masked_frame(websocket::Opcode::text, payload, 77).view().data()); });
}

}  // namespace
}  // namespace hubbub

int main() {
    hubbub::measure_json();
    hubbub::measure_frames();
}
