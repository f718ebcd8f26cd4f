// Holds docs/PROTOCOL.md to the code: its tables are those of error_code.hpp and limits.hpp, its examples
// decode.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

const std::string& doc() {
    static const std::string text = [] {
        std::ifstream stream(HUBBUB_SOURCE_DIR "/docs/PROTOCOL.md");
        return std::string(std::istreambuf_iterator<char>(stream), {});
    }();
    return text;
}

void expect_in_doc(const std::string& table) {
    EXPECT_NE(doc().find(table), std::string::npos) << "docs/PROTOCOL.md must hold:\n" << table;
}

std::string with_separators(std::uint64_t value) {
    const std::string digits = std::to_string(value);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) out.push_back(',');
        out.push_back(digits[i]);
    }
    return out;
}

TEST(ProtocolDoc, HoldsTheErrorTable) {
    std::ostringstream table;
    table << "| code | definite | close code | come back | meaning |\n|---|---|---|---|---|\n";
    for (const auto& row : error_table)
        table << "| `" << row.name << "` | " << (row.definite ? "yes" : "no") << " | " << row.close_code
              << " | " << (row.may_reconnect ? "yes" : "no") << " | " << row.meaning << " |\n";
    expect_in_doc(table.str() + "\n");
}

TEST(ProtocolDoc, HoldsTheLimits) {
    using namespace limits;
    const auto seconds = [](Duration span) { return static_cast<std::uint64_t>(to_seconds(span)); };
    std::ostringstream table;
    table << "| what | at most |\n|---|---|\n";
    const auto row = [&](const char* what, std::uint64_t most, const char* unit) {
        table << "| " << what << " | " << with_separators(most) << ' ' << unit << " |\n";
    };
    row("a message from a client", client_message_bytes_max, "bytes");
    row("a message from the server", server_message_bytes_max, "bytes");
    row("WebSocket fragments of a message", fragments_max, "fragments");
    row("nested arrays and objects of a message", json_depth_max, "levels");
    row("a text (`b`)", body_bytes_max, "bytes");
    row("a name", name_bytes_max, "bytes");
    row("the `key` of create", key_bytes_max, "bytes");
    row("positions in one resume frame", resume_positions_max, "positions");
    row("members in one create or add frame", members_per_frame_max, "names");
    row("members of a channel", conversation_members_max, "names");
    row("members of a group", group_members_max, "names");
    row("members of a direct conversation", direct_members_max, "names");
    row("conversations that a user may be in to `join` one more", user_conversations_max, "conversations");
    row("conversations that one user creates, a shard", creations_max, "conversations");
    row("items in one list", list_items_max, "items");
    row("sends of a (device, conversation) without an answer", in_flight_max, "sends");
    row("numbers remembered a (device, conversation)", remembered_numbers, "numbers");
    row("entries that a resume catches up", catch_up_entries_max, "entries");
    row("entries in one history page", history_page_entries_max, "entries");
    row("what may wait to be read by a client before it is cut (`slow_reader`)", outbox_bytes_max, "bytes");
    row("from the connection to the hello", seconds(handshake_max), "s");
    row("silence", seconds(silence_max), "s");
    expect_in_doc(table.str() + "\n");
}

/// Lines `> {...}` (to the server) and `< {...}` (from it) of the code blocks.
std::vector<std::string> examples(char direction) {
    std::vector<std::string> found;
    std::istringstream lines(doc());
    bool in_block = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) in_block = !in_block;
        if (in_block && line.size() > 2 && line[0] == direction && line[1] == ' ')
            found.push_back(line.substr(2));
    }
    return found;
}

TEST(ProtocolDoc, ShowsEveryClientMessage) {
    const auto codec = make_json_codec();
    std::set<std::size_t> seen;
    for (const auto& example : examples('>')) {
        const auto message = codec->decode_client(example);
        ASSERT_TRUE(message) << example << "\n" << message.error().detail;
        seen.insert(message->index());
        // What is written of it means the same.
        std::string written, again;
        codec->encode(*message, written);
        const auto back = codec->decode_client(written);
        ASSERT_TRUE(back) << written << "\n" << back.error().detail;
        EXPECT_EQ(back->index(), message->index());
        codec->encode(*back, again);
        EXPECT_EQ(again, written);
    }
    EXPECT_EQ(seen.size(), std::variant_size_v<ClientMessage>);
}

TEST(ProtocolDoc, ShowsEveryServerMessageAsTheCodecWritesIt) {
    const auto codec = make_json_codec();
    std::set<std::size_t> seen;
    std::set<EntryKind> kinds;
    for (const auto& example : examples('<')) {
        const auto message = codec->decode_server(example);
        ASSERT_TRUE(message) << example << "\n" << message.error().detail;
        std::string written;
        codec->encode(*message, written);
        EXPECT_EQ(written, example);
        seen.insert(message->index());
        if (const auto* entry = std::get_if<Entry>(&*message)) kinds.insert(entry->kind);
    }
    EXPECT_EQ(seen.size(), std::variant_size_v<ServerMessage>);
    EXPECT_EQ(kinds.size(), 4U);
}

TEST(ProtocolDoc, EveryBlockLineIsAnExample) {
    std::istringstream lines(doc());
    bool in_block = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            in_block = !in_block;
        } else if (in_block) {
            EXPECT_TRUE(line.starts_with("> {") || line.starts_with("< {")) << line;
        }
    }
    EXPECT_FALSE(in_block);
}

}  // namespace
}  // namespace hubbub
