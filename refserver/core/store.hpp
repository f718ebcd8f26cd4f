// What the server needs of a database: an ordered map with atomic batches. Chat keys are made in keys.hpp,
// not here. One store a server. Reads: any shard's thread. Writes: batches are handed to submit() by shards,
// committed elsewhere.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace hubbub {

/// When a batch counts as committed; what that survives stands in docs/STORAGE.md.
enum class Durability : std::uint8_t {
    none,      ///< at once, before the store has seen it
    memory,    ///< in the store's memory, no log
    wal,       ///< in the log, in the operating system's hands: survives a killed process
    wal_sync,  ///< in the log and synced: survives a power loss
};

std::string_view name(Durability durability);  // "none" "memory" "wal" "wal-sync"
std::optional<Durability> durability_from(std::string_view name);

/// Puts and deletes that happen together or not at all, in this order. All in one run of bytes: a shard fills
/// it and the committer's thread frees it, and memory that changes threads is the dearest to free.
class WriteBatch {
    struct Head {
        std::uint32_t key_bytes, value_bytes;
        bool erase;
    };

  public:
    struct Put {
        std::string_view key, value;
        bool erase = false;
    };
    void put(std::string_view key, std::string_view value) { append(key, value, false); }
    void erase(std::string_view key) { append(key, {}, true); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] std::size_t size() const;

    /// Visits the puts in order. What it hands out lives until the batch changes.
    class Iterator {
      public:
        explicit Iterator(const char* at) : at_(at) {}
        Put operator*() const {
            const Head head = read_head();
            const char* const key = at_ + sizeof head;
            return {{key, head.key_bytes}, {key + head.key_bytes, head.value_bytes}, head.erase};
        }
        Iterator& operator++() {
            const Head head = read_head();
            at_ += sizeof head + head.key_bytes + head.value_bytes;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

      private:
        [[nodiscard]] Head read_head() const {
            Head head;
            std::memcpy(&head, at_, sizeof head);
            return head;
        }
        const char* at_;
    };
    [[nodiscard]] Iterator begin() const { return Iterator(bytes_.data()); }
    [[nodiscard]] Iterator end() const { return Iterator(bytes_.data() + bytes_.size()); }

  private:
    void append(std::string_view key, std::string_view value, bool erase);

    std::string bytes_;  // of each put: head, key, value
};

/// Batches of one shard are numbered by the shard, rising by 1 from 1; they commit in that order.
struct CommitTicket {
    ShardId shard;
    std::uint64_t number = 0;
};

enum class CommitStatus : std::uint8_t {
    committed,        ///< as the durability says
    unknown_outcome,  ///< the write or its sync failed: it may be there after a restart or not. Every later
                      ///< batch fails the same way
};

class Store {
  public:
    virtual ~Store() = default;

    // ---- reads: they see every batch whose commit was reported, perhaps later ones too (with durability
    // `none`, reported comes first: a read may be early)
    virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
    /// Visits from <= key < to in rising order until `visit` returns false.
    using Visit = std::function<bool(std::string_view key, std::string_view value)>;
    virtual Status scan(std::string_view from, std::string_view to, const Visit& visit) const = 0;
    /// The same range, falling order.
    virtual Status scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const = 0;

    // ---- writes
    /// Queues a batch. Exactly one completion follows through the function given at construction, on any
    /// thread, never inside submit().
    virtual void submit(CommitTicket ticket, WriteBatch batch) = 0;
    [[nodiscard]] virtual Durability durability() const = 0;
};

using OnCommitted = std::function<void(CommitTicket, CommitStatus)>;

}  // namespace hubbub
