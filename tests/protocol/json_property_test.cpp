#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Owns the strings of one message: messages only borrow.
class Arbitrary {
  public:
    std::string_view text(std::size_t bytes_min, std::size_t bytes_max) {
        constexpr const char* pieces[] = {"\"",
                                          "\\",
                                          "\n",
                                          "\x01",
                                          "\x1F",
                                          "\x7F",
                                          "a",
                                          "plain words, then ",
                                          "\xC3\xBC",
                                          "\xE2\x82\xAC",
                                          "\xF0\x9F\x98\x80",
                                          "/",
                                          "{",
                                          "\\u0041"};
        std::string out;
        for (const int piece : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 14)))
            if (out.size() + std::char_traits<char>::length(pieces[piece]) <= bytes_max) out += pieces[piece];
        if (out.size() < bytes_min) out = "x";
        return owned_.emplace_back(std::move(out));
    }
    std::string_view name() {
        const auto any = text(1, limits::name_bytes_max);
        std::string out;
        for (const char c : any)
            if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out.push_back(c);
        return owned_.emplace_back(out.empty() ? "x" : out);
    }
    std::vector<std::string_view> names() {
        std::vector<std::string_view> out(*rc::gen::inRange<std::size_t>(0, 5));
        for (auto& one : out) one = name();
        return out;
    }
    static std::uint64_t number(std::uint64_t least) {
        const auto value = *rc::gen::arbitrary<std::uint64_t>();
        return value < least ? least : value;
    }
    static std::uint32_t number32() { return *rc::gen::arbitrary<std::uint32_t>(); }
    static ConversationId conversation() { return {number(0), number(0)}; }
    Entry entry() {
        Entry entry;
        entry.kind = *rc::gen::element(EntryKind::message, EntryKind::joined, EntryKind::left);
        entry.conversation = conversation();
        entry.sequence = number(1);
        entry.user = name();
        if (entry.kind != EntryKind::message) {
            entry.members = names();
            return entry;
        }
        entry.device = name();
        entry.number = number(1);
        entry.body = text(0, limits::body_bytes_max);
        return entry;
    }

  private:
    std::deque<std::string> owned_;
};

void check_equal(const Entry& a, const Entry& b) {
    RC_ASSERT(a.kind == b.kind);
    RC_ASSERT(a.conversation == b.conversation);
    RC_ASSERT(a.sequence == b.sequence);
    RC_ASSERT(a.user == b.user);
    RC_ASSERT(a.device == b.device);
    RC_ASSERT(a.number == b.number);
    RC_ASSERT(a.body == b.body);
    RC_ASSERT(a.members == b.members);
}

RC_GTEST_PROP(JsonProperty, AnEntryIsReadBack, ()) {
    Arbitrary arbitrary;
    const Entry entry = arbitrary.entry();
    const auto codec = make_json_codec();
    std::string json;
    codec->encode(ServerMessage{entry}, json);
    check_equal(std::get<Entry>(codec->decode_server(json).value()), entry);
}

RC_GTEST_PROP(JsonProperty, ASendIsReadBack, ()) {
    Arbitrary arbitrary;
    const Send send{Arbitrary::conversation(), Arbitrary::number(1),
                    arbitrary.text(0, limits::body_bytes_max)};
    const auto codec = make_json_codec();
    std::string json;
    codec->encode(ClientMessage{send}, json);
    const auto message = codec->decode_client(json).value();
    const auto& back = std::get<Send>(message);
    RC_ASSERT(back.conversation == send.conversation);
    RC_ASSERT(back.number == send.number);
    RC_ASSERT(back.body == send.body);
}

RC_GTEST_PROP(JsonProperty, APageIsReadBack, ()) {
    Arbitrary arbitrary;
    HistoryPage page{
        Arbitrary::number(1), Arbitrary::conversation(), Arbitrary::number32(), Arbitrary::number(0), {}};
    page.entries.resize(*rc::gen::inRange<std::size_t>(0, 5));
    for (auto& entry : page.entries) {
        entry = arbitrary.entry();
        entry.conversation = page.conversation;
    }
    const auto codec = make_json_codec();
    std::string json;
    codec->encode(ServerMessage{page}, json);
    const auto message = codec->decode_server(json).value();
    const auto& back = std::get<HistoryPage>(message);
    RC_ASSERT(back.id == page.id);
    RC_ASSERT(back.epoch == page.epoch);
    RC_ASSERT(back.head == page.head);
    RC_ASSERT(back.entries.size() == page.entries.size());
    for (std::size_t i = 0; i < page.entries.size(); ++i) check_equal(back.entries[i], page.entries[i]);
}

RC_GTEST_PROP(JsonProperty, PositionsAreReadBack, ()) {
    Resume resume;
    resume.complete = *rc::gen::arbitrary<bool>();
    resume.positions.resize(*rc::gen::inRange<std::size_t>(0, 9));
    for (auto& position : resume.positions)
        position = {Arbitrary::conversation(), Arbitrary::number32(), Arbitrary::number(0)};
    const auto codec = make_json_codec();
    std::string json;
    codec->encode(ClientMessage{resume}, json);
    const auto message = codec->decode_client(json).value();
    const auto& back = std::get<Resume>(message);
    RC_ASSERT(back.complete == resume.complete);
    RC_ASSERT(back.positions.size() == resume.positions.size());
    for (std::size_t i = 0; i < resume.positions.size(); ++i) {
        RC_ASSERT(back.positions[i].conversation == resume.positions[i].conversation);
        RC_ASSERT(back.positions[i].epoch == resume.positions[i].epoch);
        RC_ASSERT(back.positions[i].sequence == resume.positions[i].sequence);
    }
}

RC_GTEST_PROP(JsonProperty, EveryCutMessageIsRefused, ()) {
    Arbitrary arbitrary;
    const auto codec = make_json_codec();
    std::string json;
    codec->encode(ServerMessage{arbitrary.entry()}, json);
    const auto size = *rc::gen::inRange<std::size_t>(0, json.size());
    RC_ASSERT(!codec->decode_server(std::string_view(json).substr(0, size)));
}

}  // namespace
}  // namespace hubbub
