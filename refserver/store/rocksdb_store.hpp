// The live store: RocksDB behind one committer thread, which writes what all shards submitted as one batch.
// Owned by the server. Reads and submit() from any thread; completions come on the committer's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "refserver/core/store.hpp"

namespace rocksdb {
class Env;
}

namespace hubbub {

struct RocksDbOptions {
    std::string path;  ///< a directory; made when it is missing (its parent is not)
    Durability durability = Durability::wal_sync;
    /// Uncompressed blocks, filters and indexes. Recent entries are in the shards' memory: this serves
    /// history.
    std::size_t block_cache_bytes = 64 * 1024 * 1024;
    /// The directory is an older state than clients have seen, as a restored backup is: the epoch rises.
    bool positions_lost = false;
    rocksdb::Env* env = nullptr;  ///< for tests that make the disk fail; must outlive the store
};

class RocksDbStore final : public Store {
  public:
    /// Errors: another process has it open; a newer program wrote it; not a database, or damaged beyond the
    /// log. A damaged log is cut where the damage begins, with a warning, and the epoch rises (StoreMeta).
    static Result<std::unique_ptr<RocksDbStore>> open(const RocksDbOptions& options, OnCommitted on_committed,
                                                      Log& log);
    /// Orderly: commits and reports what was submitted, writes all memory to disk, marks the store clean.
    ~RocksDbStore() override;

    Result<std::optional<std::string>> get(std::string_view key) const override;
    Status scan(std::string_view from, std::string_view to, const Visit& visit) const override;
    Status scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const override;
    void submit(CommitTicket ticket, WriteBatch batch) override;
    [[nodiscard]] Durability durability() const override;
    /// A copy of everything reported by now, at `path`, which must not exist; its table files are links where
    /// the file system allows it. Any thread, beside everything else.
    [[nodiscard]] Status checkpoint(const std::string& path) const;
    /// Group commits so far: writes, and syncs with durability wal_sync. Any thread.
    [[nodiscard]] std::uint64_t groups() const;

  private:
    struct Impl;
    explicit RocksDbStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
