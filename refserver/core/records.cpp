#include "refserver/core/records.hpp"

#include <utility>

#include "protocol/limits.hpp"
#include "refserver/core/record_bytes.hpp"

namespace hubbub {
namespace {

// First byte of every value: what it is in the high half, the version of that kind in the low one, so that a
// value under a wrong key is noticed, and an old one can be told from a new one.
enum Format : std::uint8_t {
    log_entry_1 = 0x11,
    log_entry_about_1 = 0x12,  // with what it is about: plain entries stay as short, and as they were
    conversation_meta_1 = 0x21,
    sender_state_1 = 0x31,
    membership_1 = 0x41,
    conversation_id_1 = 0x51,
    store_meta_1 = 0x61,
    watermarks_1 = 0x91,
    contact_1 = 0xa1,
};

template <class T>
Result<T> checked(const RecordReader& reader, T value, const char* what) {
    if (reader.done()) return value;
    return fail(std::string("stored ") + what + " is damaged at byte " + std::to_string(reader.position()) +
                " of its value; see docs/STORAGE.md, repair");
}

}  // namespace

void SenderState::accept(Sequence sequence) {
    if (recent_.size() == limits::remembered_numbers) recent_.erase(recent_.begin());
    recent_.push_back(sequence);
    ++last_;
}

std::optional<Sequence> SenderState::lookup(WireNumber number) const {
    if (number == 0 || number > last_ || last_ - number >= recent_.size()) return std::nullopt;
    return recent_[recent_.size() - 1 - (last_ - number)];
}

std::string encode(const LogEntry& entry, std::string memory) {
    const bool about = entry.op != SendOp::text;
    RecordWriter out(about ? log_entry_about_1 : log_entry_1, std::move(memory));
    out.byte(static_cast<std::uint8_t>(entry.kind));
    out.varint(entry.time_us);
    out.text(entry.user);
    out.text(entry.device);
    out.varint(entry.number);
    out.text(entry.body);
    out.varint(entry.members.size());
    for (const std::string& member : entry.members) out.text(member);
    if (about) {
        // Counted from reply: text has its own format, and one meaning has one encoding.
        out.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(entry.op) - 1));
        out.varint(entry.target);
    }
    return std::move(out).take();
}

Result<LogEntry> decode_log_entry(std::string_view bytes) {
    const bool about = !bytes.empty() && static_cast<std::uint8_t>(bytes.front()) == log_entry_about_1;
    RecordReader in(bytes, about ? log_entry_about_1 : log_entry_1);
    LogEntry entry;
    entry.kind = static_cast<EntryKind>(in.choice(static_cast<std::uint8_t>(EntryKind::left)));
    entry.time_us = in.varint();
    entry.user = in.text();
    entry.device = in.text();
    entry.number = in.varint();
    entry.body = in.text();
    const std::size_t members = in.count(bytes.size());
    entry.members.reserve(members);
    for (std::size_t i = 0; i < members && in.ok(); ++i) entry.members.emplace_back(in.text());
    if (about) {
        entry.op = static_cast<SendOp>(1 + in.choice(static_cast<std::uint8_t>(SendOp::erase) - 1));
        entry.target = in.varint();
    }
    return checked(in, std::move(entry), "log entry");
}

std::string encode(const ConversationMeta& meta) {
    RecordWriter out(conversation_meta_1);
    out.byte(static_cast<std::uint8_t>(meta.kind));
    out.text(meta.creator);
    out.varint(meta.epoch);
    return std::move(out).take();
}

Result<ConversationMeta> decode_conversation_meta(std::string_view bytes) {
    RecordReader in(bytes, conversation_meta_1);
    ConversationMeta meta;
    meta.kind =
        static_cast<ConversationClass>(in.choice(static_cast<std::uint8_t>(ConversationClass::channel)));
    meta.creator = in.text();
    meta.epoch = static_cast<Epoch>(in.varint(UINT32_MAX));
    return checked(in, std::move(meta), "conversation");
}

std::string encode(const SenderState& state, std::string memory) {
    RecordWriter out(sender_state_1, std::move(memory));
    out.varint(state.last_);
    out.varint(state.recent_.size());
    // Newest first, then each as the step down from the one before: a chatty device's steps take one byte.
    // Steps may be negative: nothing here relies on sequences rising with numbers.
    Sequence above = 0;
    for (std::size_t i = state.recent_.size(); i-- > 0;) {
        const Sequence sequence = state.recent_[i];
        if (i + 1 == state.recent_.size()) {
            out.varint(sequence);
        } else {
            out.difference(static_cast<std::int64_t>(above - sequence));
        }
        above = sequence;
    }
    return std::move(out).take();
}

Result<SenderState> decode_sender_state(std::string_view bytes) {
    RecordReader in(bytes, sender_state_1);
    SenderState state;
    state.last_ = in.varint();
    const std::uint64_t most = limits::remembered_numbers;
    const std::size_t count = in.count(state.last_ < most ? state.last_ : most);
    state.recent_.resize(count);
    Sequence above = 0;
    for (std::size_t i = count; i-- > 0;) {
        above = i + 1 == count ? in.varint() : above - static_cast<std::uint64_t>(in.difference());
        state.recent_[i] = above;
    }
    return checked(in, std::move(state), "sender state");
}

std::string encode(const Membership& membership) {
    RecordWriter out(membership_1);
    out.varint(membership.joined);
    out.varint(membership.left);
    out.byte(static_cast<std::uint8_t>(membership.role));
    return std::move(out).take();
}

Result<Membership> decode_membership(std::string_view bytes) {
    RecordReader in(bytes, membership_1);
    Membership membership;
    membership.joined = in.varint();
    membership.left = in.varint();
    membership.role = static_cast<MemberRole>(in.choice(static_cast<std::uint8_t>(MemberRole::reader)));
    return checked(in, membership, "membership");
}

std::string encode(const ConversationId& id) {
    RecordWriter out(conversation_id_1);
    for (const std::uint64_t half : {id.high, id.low})
        for (int shift = 56; shift >= 0; shift -= 8) out.byte(static_cast<std::uint8_t>(half >> shift));
    return std::move(out).take();
}

Result<ConversationId> decode_conversation_id(std::string_view bytes) {
    RecordReader in(bytes, conversation_id_1);
    ConversationId id;
    for (int i = 0; i < 8; ++i) id.high = id.high << 8 | in.byte();
    for (int i = 0; i < 8; ++i) id.low = id.low << 8 | in.byte();
    return checked(in, id, "conversation id");
}

std::string encode(const StoreMeta& meta) {
    RecordWriter out(store_meta_1);
    out.varint(meta.format);
    out.varint(meta.epoch);
    out.byte(static_cast<std::uint8_t>(meta.durability));
    out.byte(meta.clean ? 1 : 0);
    out.text(meta.boot);
    return std::move(out).take();
}

Result<StoreMeta> decode_store_meta(std::string_view bytes) {
    RecordReader in(bytes, store_meta_1);
    StoreMeta meta;
    meta.format = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
    meta.epoch = static_cast<Epoch>(in.varint(UINT32_MAX));
    meta.durability = static_cast<Durability>(in.choice(static_cast<std::uint8_t>(Durability::wal_sync)));
    meta.clean = in.choice(1) == 1;
    meta.boot = in.text();
    return checked(in, std::move(meta), "store meta");
}

std::string encode(const Watermarks& marks) {
    RecordWriter out(watermarks_1);
    out.varint(marks.delivered);
    out.varint(marks.read);
    return std::move(out).take();
}

Result<Watermarks> decode_watermarks(std::string_view bytes) {
    RecordReader in(bytes, watermarks_1);
    Watermarks marks;
    marks.delivered = in.varint();
    marks.read = in.varint(marks.delivered);
    return checked(in, marks, "watermarks");
}

std::string encode(const Contact& contact) {
    RecordWriter out(contact_1);
    out.byte(static_cast<std::uint8_t>((contact.known ? 1 : 0) + (contact.blocked ? 2 : 0)));
    return std::move(out).take();
}

Result<Contact> decode_contact(std::string_view bytes) {
    RecordReader in(bytes, contact_1);
    const unsigned flags = in.choice(3);
    return checked(in, Contact{(flags & 1U) != 0, (flags & 2U) != 0}, "contact");
}

}  // namespace hubbub
