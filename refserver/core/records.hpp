// The database's values: what stands under the keys of keys.hpp, and their bytes. docs/STORAGE.md has the
// tables. Values and pure functions; any thread. Decoding is strict: bytes that decode are the only encoding
// of what they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "protocol/messages.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

/// One entry of a conversation's log. Its conversation and sequence stand in the key.
struct LogEntry {
    EntryKind kind = EntryKind::message;
    std::string user;                  ///< message: the sender. joined / left: who did it
    std::string device;                ///< message only
    WireNumber number = 0;             ///< message only: the device's n
    std::uint64_t time_us = 0;         ///< when the server accepted it, microseconds since 1970
    std::string body;                  ///< message only
    std::vector<std::string> members;  ///< joined / left only
    SendOp op = SendOp::text;          ///< message only
    Sequence target = 0;               ///< the entry that an op other than text is about
    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

struct ConversationMeta {
    ConversationClass kind = ConversationClass::group;
    std::string creator;
    Epoch epoch = 1;  ///< the store's at its creation; clients see the greater of this and the store's now
    friend bool operator==(const ConversationMeta&, const ConversationMeta&) = default;
};

/// What one device has sent into one conversation: enough to answer a retry with its original sequence.
class SenderState {
  public:
    /// The highest accepted n; 0: nothing was sent yet.
    [[nodiscard]] WireNumber last() const { return last_; }
    /// Number last() + 1 was accepted under `sequence`. Beyond limits::remembered_numbers the oldest is
    /// forgotten.
    void accept(Sequence sequence);
    /// The sequence of an accepted n; nullopt: not accepted yet, or forgotten.
    [[nodiscard]] std::optional<Sequence> lookup(WireNumber number) const;
    friend bool operator==(const SenderState&, const SenderState&) = default;

  private:
    friend std::string encode(const SenderState&, std::string);
    friend Result<SenderState> decode_sender_state(std::string_view);
    WireNumber last_ = 0;
    std::vector<Sequence> recent_;  // of the numbers last_ - size + 1 .. last_
};

/// A member sees the entries joined <= q, and q < left if it has left.
struct Membership {
    Sequence joined = 0;  ///< its own `joined` entry
    Sequence left = 0;    ///< its `left` entry; 0: still a member
    MemberRole role = MemberRole::member;
    friend bool operator==(const Membership&, const Membership&) = default;
};

/// How far a user has received and read a conversation: the highest of its devices. read <= delivered.
struct Watermarks {
    Sequence delivered = 0, read = 0;
    friend bool operator==(const Watermarks&, const Watermarks&) = default;
};

/// What one user holds of another.
struct Contact {
    bool known = false, blocked = false;
    friend bool operator==(const Contact&, const Contact&) = default;
};

/// What the store knows of itself; written by the store alone, under keys::meta().
struct StoreMeta {
    std::uint32_t format = 1;                      ///< of keys and values together
    Epoch epoch = 1;                               ///< rises when committed entries may have been lost
    Durability durability = Durability::wal_sync;  ///< of the last writer
    bool clean = true;  ///< the last writer shut down in order: nothing committed can be missing
    std::string boot;   ///< which boot of the machine the last writer ran in; empty: not known
    friend bool operator==(const StoreMeta&, const StoreMeta&) = default;
};

// `memory`: any string whose allocation may be used again; the two that every message writes take one.
std::string encode(const LogEntry& entry, std::string memory = {});
std::string encode(const ConversationMeta& meta);
std::string encode(const SenderState& state, std::string memory = {});
std::string encode(const Membership& membership);
std::string encode(const ConversationId& id);
std::string encode(const StoreMeta& meta);
std::string encode(const Watermarks& marks);
std::string encode(const Contact& contact);

// Errors name the kind of record and the byte at which it stopped making sense.
Result<LogEntry> decode_log_entry(std::string_view bytes);
Result<ConversationMeta> decode_conversation_meta(std::string_view bytes);
Result<SenderState> decode_sender_state(std::string_view bytes);
Result<Membership> decode_membership(std::string_view bytes);
Result<ConversationId> decode_conversation_id(std::string_view bytes);
Result<StoreMeta> decode_store_meta(std::string_view bytes);
Result<Watermarks> decode_watermarks(std::string_view bytes);
Result<Contact> decode_contact(std::string_view bytes);

}  // namespace hubbub
