#include "refserver/store/rocksdb_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/committer.hpp"
#include "refserver/store/rocksdb_options.hpp"
#include "refserver/store/store_meta.hpp"
#include "refserver/store/wal_damage.hpp"

namespace hubbub {
namespace {

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}

std::string_view view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}

Error store_error(const std::string& what, const rocksdb::Status& status) {
    return fail("store: " + what + ": " + status.ToString());
}

/// Changes with every start of the machine; empty where the system does not say.
std::string current_boot() {
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
}

struct Opened {
    std::unique_ptr<rocksdb::DB> database;
    bool damaged = false;
    bool torn_end = false;  ///< all of the damage is a last record that was never whole
};

Error cannot_open(const std::string& path, const rocksdb::Status& status) {
    const std::string text = status.ToString();
    if (status.IsIOError() && text.find("lock") != std::string::npos)
        return fail("store " + path +
                    " is in use by another process (or twice by this one): stop that one first");
    return fail("store " + path + " cannot be opened: " + text + "; see docs/STORAGE.md, repair");
}

/// Of all logs: only the newest one may be unfinished.
bool only_its_end_is_torn(const std::string& path) {
    std::vector<std::filesystem::path> logs;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
        if (entry.path().extension() == ".log" && entry.file_size() > 0) logs.push_back(entry.path());
    std::sort(logs.begin(), logs.end());  // numbers of a fixed width
    for (const auto& log : logs) {
        std::ifstream stream(log, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
        const bool newest = &log == &logs.back();
        if (!stream || !(newest ? torn_at_its_end(bytes) : checks_out(bytes))) return false;
    }
    return !error && !logs.empty();
}

Result<Opened> open_database(const RocksDbOptions& options, Log& log) {
    rocksdb::Options settings = rocksdb_options(options);
    rocksdb::DB* database = nullptr;
    rocksdb::Status status = rocksdb::DB::Open(settings, options.path, &database);
    const bool damaged = status.IsCorruption();
    const bool torn_end = damaged && only_its_end_is_torn(options.path);
    if (damaged) {
        const std::string what = status.ToString();
        settings.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
        status = rocksdb::DB::Open(settings, options.path, &database);
        if (status.ok())
            log.warn("store " + options.path + ": the log is damaged (" + what +
                     "); opened up to the damage, " +
                     (torn_end ? "a last write that was never finished" : "with a new epoch"));
    }
    if (!status.ok()) return cannot_open(options.path, status);
    return Opened{std::unique_ptr<rocksdb::DB>(database), damaged, torn_end};
}

rocksdb::WriteOptions synced() {
    rocksdb::WriteOptions how;
    how.sync = true;
    return how;
}

/// Reads, checks and rewrites the meta. Nothing was written before, so that a refused store is left as it
/// was.
Result<StoreMeta> begin_writing(rocksdb::DB& database, Durability durability, bool positions_lost,
                                bool torn_end) {
    std::string bytes;
    const rocksdb::Status read = database.Get({}, keys::meta(), &bytes);
    if (!read.ok() && !read.IsNotFound()) return store_error("meta cannot be read", read);
    const auto found = read.ok() ? std::optional<std::string_view>(bytes) : std::nullopt;
    Result<StoreMeta> meta = meta_at_open(found, durability, current_boot(), positions_lost, torn_end);
    if (meta.has_error()) return meta.error();
    const rocksdb::Status written = database.Put(synced(), keys::meta(), encode(*meta));
    if (!written.ok()) return store_error("meta cannot be written", written);
    return meta;
}

}  // namespace

struct RocksDbStore::Impl {
    Impl(std::unique_ptr<rocksdb::DB> opened, StoreMeta opened_meta, OnCommitted on_committed, Log& log_to)
        : database(std::move(opened)),
          meta(std::move(opened_meta)),
          log(log_to),
          committer(
              meta.durability == Durability::none ? Committer::Report::before_write
                                                  : Committer::Report::after_write,
              [this](std::span<const Submission> group) { return write(group); }, std::move(on_committed)) {
        how.sync = meta.durability == Durability::wal_sync;
        how.disableWAL = meta.durability < Durability::wal;
    }
    bool write(std::span<const Submission> group);
    void close();

    std::unique_ptr<rocksdb::DB> database;
    StoreMeta meta;
    Log& log;
    rocksdb::WriteOptions how;
    rocksdb::WriteBatch batch;  // the committer's; kept for its memory
    Committer committer;        // last: its thread uses what stands above
};

bool RocksDbStore::Impl::write(std::span<const Submission> group) {
    batch.Clear();
    for (const Submission& submission : group) {
        for (const WriteBatch::Put put : submission.batch) {
            // Fails only for sizes beyond 4 GB, which WriteBatch itself reports at Write().
            (put.erase ? batch.Delete(slice(put.key)) : batch.Put(slice(put.key), slice(put.value)))
                .PermitUncheckedError();
        }
    }
    const rocksdb::Status status = database->Write(how, &batch);
    if (!status.ok())
        log.error("store: a write failed, its outcome is unknown, nothing is written until a restart: " +
                  status.ToString());
    return status.ok();
}

void RocksDbStore::Impl::close() {
    committer.stop();
    if (committer.failed()) return;  // not clean: the next open must not trust what memory holds
    rocksdb::Status status = database->Flush({});
    if (status.ok()) {
        meta.clean = true;
        status = database->Put(synced(), keys::meta(), encode(meta));
    }
    if (status.ok()) status = database->Close();
    if (!status.ok()) log.error(store_error("not closed in order", status).message);
}

RocksDbStore::RocksDbStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RocksDbStore::~RocksDbStore() {
    impl_->close();
}

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open(const RocksDbOptions& options,
                                                         OnCommitted on_committed, Log& log) {
    Result<Opened> opened = open_database(options, log);
    if (opened.has_error()) return opened.error();
    const bool positions_lost = options.positions_lost || (opened->damaged && !opened->torn_end);
    Result<StoreMeta> meta =
        begin_writing(*opened->database, options.durability, positions_lost, opened->torn_end);
    if (meta.has_error()) return fail("store " + options.path + ": " + meta.error().message);
    auto impl = std::make_unique<Impl>(std::move(opened->database), *meta, std::move(on_committed), log);
    return std::unique_ptr<RocksDbStore>(new RocksDbStore(std::move(impl)));
}

// ---- reads

Result<std::optional<std::string>> RocksDbStore::get(std::string_view key) const {
    std::string value;
    const rocksdb::Status status = impl_->database->Get({}, slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return store_error("read failed", status);
    return std::optional<std::string>(std::move(value));
}

Status RocksDbStore::scan(std::string_view from, std::string_view to, const Visit& visit) const {
    if (from >= to) return {};
    const rocksdb::Slice upper = slice(to);
    rocksdb::ReadOptions how;
    how.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> row(impl_->database->NewIterator(how));
    for (row->Seek(slice(from)); row->Valid(); row->Next())
        if (!visit(view(row->key()), view(row->value()))) break;
    if (!row->status().ok()) return store_error("scan failed", row->status());
    return {};
}

Status RocksDbStore::scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const {
    if (from >= to) return {};
    const rocksdb::Slice lower = slice(from);
    const rocksdb::Slice upper = slice(to);
    rocksdb::ReadOptions how;
    how.iterate_lower_bound = &lower;
    how.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> row(impl_->database->NewIterator(how));
    for (row->SeekToLast(); row->Valid(); row->Prev())
        if (!visit(view(row->key()), view(row->value()))) break;
    if (!row->status().ok()) return store_error("scan failed", row->status());
    return {};
}

// ---- writes

void RocksDbStore::submit(CommitTicket ticket, WriteBatch batch) {
    impl_->committer.submit(ticket, std::move(batch));
}

Durability RocksDbStore::durability() const {
    return impl_->meta.durability;
}

Status RocksDbStore::checkpoint(const std::string& path) const {
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(impl_->database.get(), &made);
    if (!status.ok()) return store_error("no checkpoint", status);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    // 0: memory goes into a table file first, so that the durabilities without a log are whole in it, too.
    status = checkpoint->CreateCheckpoint(path, 0);
    if (!status.ok()) return store_error("no checkpoint at " + path, status);
    return {};
}

std::uint64_t RocksDbStore::groups() const {
    return impl_->committer.groups();
}

}  // namespace hubbub
