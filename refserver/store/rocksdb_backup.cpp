#include "refserver/store/rocksdb_backup.hpp"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/rocksdb_options.hpp"
#include "refserver/store/store_meta.hpp"

namespace hubbub {
namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_name = "BACKUP";
constexpr const char* manifest_title = "hubbub-backup-1";

struct Size {
    std::uint64_t files = 0, bytes = 0;
};

/// A rename or a new file is on the disk only once its folder is synced.
Status sync_path(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!synced) return fail(path.string() + ": cannot be synced");
    return {};
}

Result<Size> size_of(const fs::path& folder) {
    Size size;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder, error)) {
        if (!file.is_regular_file(error)) continue;
        ++size.files;
        size.bytes += file.file_size(error);
        if (error) break;
    }
    if (error) return fail(folder.string() + ": " + error.message());
    return size;
}

Status write_manifest(const fs::path& backup, const Size& size) {
    const fs::path path = backup / manifest_name;
    std::ofstream out(path);
    out << manifest_title << ' ' << size.files << ' ' << size.bytes << '\n';
    out.close();
    if (!out) return fail(path.string() + ": cannot be written");
    return sync_path(path);
}

Status check_manifest(const fs::path& backup) {
    std::ifstream in(backup / manifest_name);
    std::string title;
    Size promised;
    in >> title >> promised.files >> promised.bytes;
    if (!in || title != manifest_title)
        return fail(backup.string() + " is not a backup of hubbub, or one that was not finished: no valid " +
                    manifest_name + " in it");
    const auto found = size_of(backup / "store");
    if (!found) return found.error();
    if (found->files != promised.files || found->bytes != promised.bytes)
        return fail(backup.string() + " is not whole: " + std::to_string(found->files) + " files, " +
                    std::to_string(found->bytes) + " bytes, of " + std::to_string(promised.files) +
                    " files, " + std::to_string(promised.bytes) + " bytes");
    return {};
}

Error wrong(const fs::path& path, const rocksdb::Status& status) {
    return fail(path.string() + ": " + status.ToString());
}

/// Opens the copy, reads all of it, and gives it its new epoch.
Result<Epoch> check_and_mark(const fs::path& copy, Epoch epoch_least) {
    RocksDbOptions options;
    options.path = copy.string();
    rocksdb::Options settings = rocksdb_options(options);
    settings.create_if_missing = false;
    rocksdb::DB* opened = nullptr;
    rocksdb::Status status = rocksdb::DB::Open(settings, options.path, &opened);
    if (!status.ok()) return wrong(copy, status);
    const std::unique_ptr<rocksdb::DB> database(opened);
    if (status = database->VerifyChecksum(); !status.ok()) return wrong(copy, status);
    std::string bytes;
    if (status = database->Get({}, keys::meta(), &bytes); !status.ok())
        return fail(copy.string() + " has no store meta: it is no store of hubbub (" + status.ToString() +
                    ")");
    auto meta = meta_at_open(bytes, Durability::wal_sync, {}, true);
    if (!meta) return fail(copy.string() + ": " + meta.error().message);
    meta->epoch = std::max(meta->epoch, epoch_least);
    meta->clean = true;  // what follows writes it out whole
    rocksdb::WriteOptions synced;
    synced.sync = true;
    status = database->Put(synced, keys::meta(), encode(*meta));
    if (status.ok()) status = database->Flush({});
    if (status.ok()) status = database->Close();
    if (!status.ok()) return wrong(copy, status);
    return meta->epoch;
}

}  // namespace

Result<BackupMade> make_backup(const RocksDbStore& store, const std::string& folder,
                               const std::string& name) {
    std::error_code error;
    fs::create_directories(folder, error);
    const fs::path final = fs::path(folder) / name;
    const fs::path partial = fs::path(folder) / (name + ".partial");
    if (fs::exists(final, error)) return fail(final.string() + " is there already");
    fs::remove_all(partial, error);  // of an attempt that was interrupted
    if (!fs::create_directory(partial, error)) return fail(partial.string() + ": " + error.message());
    const auto finish = [&]() -> Result<BackupMade> {
        if (Status made = store.checkpoint((partial / "store").string()); !made) return made.error();
        const auto size = size_of(partial / "store");
        if (!size) return size.error();
        if (Status written = write_manifest(partial, *size); !written) return written.error();
        if (Status synced = sync_path(partial); !synced) return synced.error();
        std::error_code renamed;
        fs::rename(partial, final, renamed);
        if (renamed) return fail(final.string() + ": " + renamed.message());
        if (Status synced = sync_path(folder); !synced) return synced.error();
        return BackupMade{final.string(), size->files, size->bytes};
    };
    auto made = finish();
    if (!made) fs::remove_all(partial, error);
    return made;
}

Result<Restored> restore_backup(const std::string& from, const std::string& to, Epoch epoch_least) {
    if (Status whole = check_manifest(from); !whole) return whole.error();
    std::error_code error;
    fs::path target(to);
    if (!target.has_filename()) target = target.parent_path();  // "store/"
    if (fs::exists(target, error) && (!fs::is_directory(target, error) || !fs::is_empty(target, error)))
        return fail(to + " is not empty: a restore never writes over a store");
    const fs::path partial = target.string() + ".partial";
    fs::remove_all(partial, error);
    fs::copy(fs::path(from) / "store", partial, error);
    if (error) return fail(partial.string() + ": " + error.message());
    const auto finish = [&]() -> Result<Restored> {
        const auto epoch = check_and_mark(partial, epoch_least);
        if (!epoch) return epoch.error();
        const auto size = size_of(partial);
        if (!size) return size.error();
        for (const auto& file : fs::directory_iterator(partial))
            if (Status synced = sync_path(file.path()); !synced) return synced.error();
        if (Status synced = sync_path(partial); !synced) return synced.error();
        std::error_code renamed;
        fs::rename(partial, target, renamed);  // over an empty folder, too (rename(2))
        if (renamed) return fail(to + ": " + renamed.message());
        const fs::path parent = fs::absolute(target).parent_path();
        if (Status synced = sync_path(parent); !synced) return synced.error();
        return Restored{*epoch, size->bytes};
    };
    auto restored = finish();
    if (!restored) fs::remove_all(partial, error);
    return restored;
}

}  // namespace hubbub
