#include "refserver/store/rocksdb_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace hubbub {
namespace {

void set_log(rocksdb::Options& out) {
    // A torn last record is cut; damage with whole records after it is an error instead of a silent loss. The
    // store then opens once more with kPointInTimeRecovery, says so, and raises the epoch.
    out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    out.track_and_verify_wals_in_manifest = true;  // a log file that is missing or short is an error
    out.manual_wal_flush = false;                  // `wal` promises the operating system has every record
    out.wal_bytes_per_sync = 512 * 1024;           // `wal`: write back steadily, not in bursts
    out.bytes_per_sync = 1024 * 1024;              // the same for tables
}

void set_memory(rocksdb::Options& out) {
    out.write_buffer_size = 64 * 1024 * 1024;
    out.max_write_buffer_number = 4;  // writes go on while two tables are being written
    // A conversation's entries rise, so each goes in beside the last one of its prefix ('e' and the id)
    // instead of being searched from the top: half the CPU of a write with up to 1,000 busy conversations.
    out.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1 + 16));
    // There is one writer; concurrent inserts would ignore the hint, and waiting by spinning only costs.
    out.allow_concurrent_memtable_write = false;
    out.enable_write_thread_adaptive_yield = false;
}

void set_tables(rocksdb::Options& out, std::size_t cache_bytes) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(cache_bytes);
    // A conversation's new members and creates ask for keys that are not there; 10 bits: 1 % false answers.
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.whole_key_filtering = true;
    // Filters and indexes count as cache, so that memory has one bound however large the database grows.
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.block_size = 16 * 1024;  // a history page of small messages is about one block
    table.format_version = 5;
    out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    out.compression = rocksdb::kLZ4Compression;   // a third less CPU than Snappy here, next to none's
    out.bottommost_compression = rocksdb::kZSTD;  // old history is read seldom
    out.level_compaction_dynamic_level_bytes = true;
    out.max_background_jobs = 2;  // the shards need the other cores
}

void set_quiet(rocksdb::Options& out) {
    out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    out.keep_log_file_num = 4;
    out.stats_dump_period_sec = 0;
    out.stats_persist_period_sec = 0;
}

}  // namespace

rocksdb::Options rocksdb_options(const RocksDbOptions& options) {
    rocksdb::Options out;
    out.create_if_missing = true;
    if (options.env) out.env = options.env;
    set_log(out);
    set_memory(out);
    set_tables(out, options.block_cache_bytes);
    set_quiet(out);
    return out;
}

}  // namespace hubbub

#if defined(__SANITIZE_THREAD__)
/// Debian's RocksDB is not instrumented: its own atomics are invisible, so what they order looks like a race.
/// Stands here, not in a file of options, since whatever links RocksDB through us needs it.
extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    // By file where it is linked as a shared library, by function where as an archive.
    return "called_from_lib:librocksdb.so\nrace:librocksdb.so\nmutex:librocksdb.so\n"
           "race:^rocksdb::\nrace:^non-virtual thunk to rocksdb::\nmutex:^rocksdb::\n";
}
#endif
