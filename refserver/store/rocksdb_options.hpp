// RocksDB set up for this workload: one writer, keys that rise within a conversation, reads of recent
// history. A pure function; any thread.
#pragma once

#include <rocksdb/options.h>

#include "refserver/store/rocksdb_store.hpp"

namespace hubbub {

/// Each setting's reason stands beside it; the measured ones with their figures in docs/STORAGE.md.
rocksdb::Options rocksdb_options(const RocksDbOptions& options);

}  // namespace hubbub
