// Online backups of a store, and a new store out of one (docs/STORAGE.md, backup).
// make_backup: any one thread at a time, beside everything else. restore_backup: the restore command.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "refserver/store/rocksdb_store.hpp"

namespace hubbub {

struct BackupMade {
    std::string path;
    std::uint64_t files = 0, bytes = 0;
};

/// FOLDER/NAME with the checkpoint and a manifest, by its final name only once it is whole. It holds every
/// batch whose commit was reported before the call (durability `none` reports earlier than it writes).
/// Errors: the name is taken, the disk is full, ...
Result<BackupMade> make_backup(const RocksDbStore& store, const std::string& folder, const std::string& name);

struct Restored {
    Epoch epoch = 0;
    std::uint64_t bytes = 0;
};

/// A store at `to` out of the backup at `from`, by its final name only once it was checked: all files of the
/// manifest, all checksums, the meta. `to` must be absent or an empty folder. Its epoch is at least
/// `epoch_least` and above the backup's: clients may have seen more than the backup holds. The original may
/// have reached any small epoch meanwhile, and another restore of the same backup too, so the caller gives
/// the time of day (seconds since 1970): never used before.
Result<Restored> restore_backup(const std::string& from, const std::string& to, Epoch epoch_least);

}  // namespace hubbub
