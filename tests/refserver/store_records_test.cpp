#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>

#include "protocol/limits.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

// ---- what any record must do, written once

rc::Gen<LogEntry> any_entry() {
    auto entry = rc::gen::build<LogEntry>(
        rc::gen::set(&LogEntry::kind,
                     rc::gen::element(EntryKind::message, EntryKind::joined, EntryKind::left)),
        rc::gen::set(&LogEntry::user), rc::gen::set(&LogEntry::device), rc::gen::set(&LogEntry::number),
        rc::gen::set(&LogEntry::time_us), rc::gen::set(&LogEntry::body), rc::gen::set(&LogEntry::members),
        rc::gen::set(&LogEntry::op,
                     rc::gen::element(SendOp::text, SendOp::reply, SendOp::edit, SendOp::erase)),
        rc::gen::set(&LogEntry::target));
    // A plain text is about nothing.
    return rc::gen::map(std::move(entry), [](LogEntry made) {
        if (made.op == SendOp::text) made.target = 0;
        return made;
    });
}

rc::Gen<ConversationMeta> any_conversation() {
    return rc::gen::build<ConversationMeta>(
        rc::gen::set(&ConversationMeta::kind,
                     rc::gen::element(ConversationClass::direct, ConversationClass::group,
                                      ConversationClass::channel)),
        rc::gen::set(&ConversationMeta::creator), rc::gen::set(&ConversationMeta::epoch));
}

rc::Gen<SenderState> any_sender() {
    return rc::gen::map(rc::gen::arbitrary<std::vector<Sequence>>(),
                        [](const std::vector<Sequence>& accepted) {
                            SenderState state;
                            for (const Sequence sequence : accepted) state.accept(sequence);
                            return state;
                        });
}

rc::Gen<Membership> any_membership() {
    return rc::gen::build<Membership>(
        rc::gen::set(&Membership::joined), rc::gen::set(&Membership::left),
        rc::gen::set(&Membership::role, rc::gen::element(MemberRole::member, MemberRole::owner)));
}

rc::Gen<ConversationId> any_id() {
    return rc::gen::construct<ConversationId>(rc::gen::arbitrary<std::uint64_t>(),
                                              rc::gen::arbitrary<std::uint64_t>());
}

rc::Gen<StoreMeta> any_meta() {
    return rc::gen::build<StoreMeta>(
        rc::gen::set(&StoreMeta::format), rc::gen::set(&StoreMeta::epoch),
        rc::gen::set(&StoreMeta::durability, rc::gen::element(Durability::none, Durability::memory,
                                                              Durability::wal, Durability::wal_sync)),
        rc::gen::set(&StoreMeta::clean), rc::gen::set(&StoreMeta::boot));
}

template <class T>
using Decode = Result<T> (*)(std::string_view);

/// Decoding gives the value back; no part of the bytes and no longer run of them decodes; and whatever bytes
/// do decode are the one encoding of what they decode to, so that damage is either refused or is another
/// value.
template <class T>
void holds_record_properties(const T& value, Decode<T> decode) {
    const std::string bytes = encode(value);
    const Result<T> back = decode(bytes);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);

    for (std::size_t size = 0; size < bytes.size(); ++size)
        RC_ASSERT(decode(std::string_view(bytes).substr(0, size)).has_error());
    RC_ASSERT(decode(bytes + '\0').has_error());

    std::string damaged = bytes;
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, damaged.size());
    damaged[at] = static_cast<char>(damaged[at] ^ *rc::gen::inRange(1, 256));
    if (at == 0) RC_ASSERT(decode(damaged).has_error());
    if (const Result<T> other = decode(damaged); other.has_value()) RC_ASSERT(encode(*other) == damaged);
}

RC_GTEST_PROP(LogEntryRecord, IsStrict, ()) {
    holds_record_properties<LogEntry>(*any_entry(), decode_log_entry);
}
RC_GTEST_PROP(ConversationMetaRecord, IsStrict, ()) {
    holds_record_properties<ConversationMeta>(*any_conversation(), decode_conversation_meta);
}
RC_GTEST_PROP(SenderStateRecord, IsStrict, ()) {
    holds_record_properties<SenderState>(*any_sender(), decode_sender_state);
}
RC_GTEST_PROP(MembershipRecord, IsStrict, ()) {
    holds_record_properties<Membership>(*any_membership(), decode_membership);
}
RC_GTEST_PROP(ConversationIdRecord, IsStrict, ()) {
    holds_record_properties<ConversationId>(*any_id(), decode_conversation_id);
}
RC_GTEST_PROP(WatermarksRecord, IsStrict, ()) {
    const auto read = *rc::gen::arbitrary<Sequence>();
    const auto more = *rc::gen::inRange<Sequence>(0, UINT64_MAX - read);
    holds_record_properties<Watermarks>({read + more, read}, decode_watermarks);
}
RC_GTEST_PROP(StoreMetaRecord, IsStrict, ()) {
    holds_record_properties<StoreMeta>(*any_meta(), decode_store_meta);
}

RC_GTEST_PROP(Records, OfOneKindAreNotTakenForAnother, ()) {
    RC_ASSERT(decode_membership(encode(*any_entry())).has_error());
    RC_ASSERT(decode_log_entry(encode(*any_membership())).has_error());
    RC_ASSERT(decode_conversation_meta(encode(*any_sender())).has_error());
}

TEST(Records, SayWhichRecordIsDamagedAndWhere) {
    const auto entry = decode_log_entry(std::string_view("\x11\x07", 2));
    ASSERT_TRUE(entry.has_error());
    EXPECT_THAT(entry.error().message, HasSubstr("log entry is damaged at byte 2"));
}

TEST(Records, RefuseOverlongAndOversizedNumbers) {
    const auto membership = [](std::string joined) {
        return decode_membership("\x41" + joined + std::string("\0\0", 2));
    };
    const std::string nine(9, '\xff');
    EXPECT_EQ(membership(nine + '\x01').value().joined, UINT64_MAX);
    EXPECT_TRUE(membership(nine + '\x02').has_error());                         // 65 bits
    EXPECT_TRUE(membership(nine + "\x81" + std::string("\0", 1)).has_error());  // 11 bytes
    EXPECT_TRUE(membership(std::string("\x80\0", 2)).has_error());              // an overlong 0
    EXPECT_TRUE(membership("\x80").has_error());                                // runs into the next field
}

TEST(Records, ABrokenCountOfMembersAllocatesNothing) {
    LogEntry entry;
    std::string bytes = encode(entry);
    bytes.pop_back();
    bytes += "\xff\xff\xff\xff\x0f";  // 4 billion members, no bytes
    EXPECT_TRUE(decode_log_entry(bytes).has_error());
}

// ---- what senders rely on

TEST(SenderState, AnswersTheLastSixtyFourNumbersAndForgetsOlderOnes) {
    SenderState state;
    EXPECT_FALSE(state.lookup(0).has_value());
    EXPECT_FALSE(state.lookup(1).has_value());
    for (Sequence n = 1; n <= 100; ++n) state.accept(n * 10);
    EXPECT_EQ(state.last(), 100u);
    EXPECT_FALSE(state.lookup(36).has_value());
    for (WireNumber n = 37; n <= 100; ++n) EXPECT_EQ(state.lookup(n), n * 10);
    EXPECT_FALSE(state.lookup(101).has_value());
}

TEST(SenderState, RefusesToRememberMoreThanWasSent) {
    EXPECT_TRUE(decode_sender_state(std::string_view("\x31\x01\x01\x05", 4)).has_value());
    EXPECT_TRUE(decode_sender_state(std::string_view("\x31\x01\x02\x05\x02", 5)).has_error());
    std::string many("\x31\x7f\x41", 3);
    many.append(0x41, '\x02');
    EXPECT_TRUE(decode_sender_state(many).has_error());  // 65 remembered
}

// ---- golden bytes: the document against the code

std::string hex(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        std::array<char, 4> two{};
        std::snprintf(two.data(), two.size(), " %02x", static_cast<unsigned char>(c));
        out += two.data();
    }
    return out.empty() ? out : out.substr(1);
}

/// name -> bytes of the block ```golden in docs/STORAGE.md.
std::map<std::string, std::string> documented_bytes() {
    constexpr std::size_t name_columns = 24;
    std::map<std::string, std::string> out;
    std::ifstream file(HUBBUB_SOURCE_DIR "/docs/STORAGE.md");
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```")) {
            inside = line == "```golden";
        } else if (inside && line.size() > name_columns) {
            const std::string name = line.substr(0, name_columns);
            out[name.substr(0, name.find_last_not_of(' ') + 1)] = line.substr(name_columns);
        }
    }
    return out;
}

TEST(StorageDocument, GoldenBytesAreWhatTheCodeWrites) {
    const ConversationId id{0x0102030405060708, 0x090a0b0c0d0e0f10};
    SenderState rising, swapped;
    for (const Sequence q : {5, 9, 200}) rising.accept(q);
    for (const Sequence q : {7, 6}) swapped.accept(q);
    const LogEntry message{EntryKind::message, "ada", "phone", 300, 1'000'000, "hi", {}};
    LogEntry reply = message;
    reply.op = SendOp::reply;
    reply.target = 300;
    const LogEntry joined{EntryKind::joined, "ada", "", 0, 0, "", {"ada", "bo"}};

    const std::map<std::string, std::string> written = {
        {"key entry 258", hex(keys::entry(id, 258))},
        {"key conversation", hex(keys::conversation(id))},
        {"key sender ada phone", hex(keys::sender(id, "ada", "phone"))},
        {"key member ada", hex(keys::member(id, "ada"))},
        {"key user ada", hex(keys::user_conversation("ada", id))},
        {"key created ada x", hex(keys::created("ada", "x"))},
        {"key watermarks ada", hex(keys::watermarks(id, "ada"))},
        {"key reaction 258 ada +1", hex(keys::reaction(id, 258, "ada", "+1"))},
        {"key contact ada bo", hex(keys::contact("ada", "bo"))},
        {"key meta", hex(keys::meta())},
        {"entry message", hex(encode(message))},
        {"entry reply", hex(encode(reply))},
        {"entry joined", hex(encode(joined))},
        {"conversation", hex(encode(ConversationMeta{ConversationClass::group, "ada", 2}))},
        {"sender rising", hex(encode(rising))},
        {"sender swapped", hex(encode(swapped))},
        {"membership", hex(encode(Membership{1, 130, MemberRole::owner}))},
        {"conversation id", hex(encode(id))},
        {"contact", hex(encode(Contact{false, true}))},
        {"watermarks", hex(encode(Watermarks{300, 5}))},
        {"store meta", hex(encode(StoreMeta{1, 3, Durability::wal_sync, false, "b1"}))},
    };
    EXPECT_EQ(documented_bytes(), written);
}

}  // namespace
}  // namespace hubbub
