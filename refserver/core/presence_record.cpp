#include "refserver/core/presence_record.hpp"

#include "refserver/core/record_bytes.hpp"

namespace hubbub {
namespace {

constexpr std::uint8_t presence_1 = 0x91;

}  // namespace

std::string encode(const PresenceRecord& record) {
    RecordWriter out(presence_1);
    out.byte(static_cast<std::uint8_t>(record.wanted));
    out.varint(record.seen_us);
    return std::move(out).take();
}

Result<PresenceRecord> decode_presence_record(std::string_view bytes) {
    RecordReader in(bytes, presence_1);
    PresenceRecord record;
    record.wanted =
        static_cast<PresenceState>(in.choice(static_cast<std::uint8_t>(PresenceState::invisible)));
    record.seen_us = in.varint();
    if (!in.done())
        return fail("stored presence is damaged at byte " + std::to_string(in.position()) +
                    " of its value; see docs/STORAGE.md, repair");
    return record;
}

}  // namespace hubbub
