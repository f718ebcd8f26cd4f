#include "refserver/store/rocksdb_faulty_disk.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

namespace hubbub {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// A file that was written since the disk began.
struct Written {
    std::uint64_t size = 0, synced = 0;
    bool named = false;    ///< its directory was synced since it was made
    bool dropped = false;  ///< a sync of it failed: what came since will never be on the disk
};

/// What all files of one disk share.
struct Platter {
    struct Switch {
        std::atomic<bool> on{false};
        std::atomic<std::uint64_t> bites{0};
        /// Whether the fault is on; then it bites.
        bool bites_now() {
            if (!on.load(std::memory_order_relaxed)) return false;
            bites.fetch_add(1, std::memory_order_relaxed);
            return true;
        }
    };
    Switch& operator[](DiskFault fault) { return switches[static_cast<std::size_t>(fault)]; }

    std::array<Switch, disk_fault_names.size()> switches;
    std::atomic<std::int64_t> extra_nanos{0};
    /// Shared by what writes, alone for the loss of power: so it finds no write half done.
    std::shared_mutex power;
    bool off = false;  // under power
    std::mutex lock;   // of files
    std::map<std::string, Written, std::less<>> files;

    template <class Change>
    void note(const std::string& name, Change&& change) {
        const std::lock_guard held(lock);
        change(files[name]);
    }
};

IOStatus no_power() {
    return IOStatus::IOError("injected: the power is gone");
}

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string name, Platter& platter)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), platter_(platter) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* context) override {
        return append(data, [&](const Slice& part) {
            return FSWritableFileOwnerWrapper::Append(part, options, context);
        });
    }
    IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                    IODebugContext* context) override {
        return Append(data, options, context);  // what it would verify is cut on purpose
    }
    IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* context) override {
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        const IOStatus status = FSWritableFileOwnerWrapper::Truncate(size, options, context);
        if (status.ok())
            platter_.note(name_, [&](Written& file) {
                file.size = size;
                file.synced = std::min(file.synced, size);
            });
        return status;
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
        return sync([&] { return FSWritableFileOwnerWrapper::Sync(options, context); });
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
        return sync([&] { return FSWritableFileOwnerWrapper::Fsync(options, context); });
    }

  private:
    template <class Append>
    IOStatus append(const Slice& data, const Append& go_on) {
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        if (platter_[DiskFault::error].bites_now()) return IOStatus::IOError("injected: EIO");
        const bool full = platter_[DiskFault::full].bites_now();
        const Slice arrives(data.data(), full ? data.size() / 2 : data.size());
        const IOStatus status = go_on(arrives);
        if (status.ok()) platter_.note(name_, [&](Written& file) { file.size += arrives.size(); });
        return full && status.ok() ? IOStatus::NoSpace("injected: the disk is full") : status;
    }
    template <class Sync>
    IOStatus sync(const Sync& go_on) {
        if (platter_[DiskFault::slow_sync].bites_now())
            std::this_thread::sleep_for(std::chrono::nanoseconds(platter_.extra_nanos.load()));
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        if (platter_[DiskFault::failing_sync].bites_now()) {
            platter_.note(name_, [](Written& file) { file.dropped = true; });
            return IOStatus::IOError("injected: a sync failed");
        }
        // What is appended while the sync runs is not in it.
        std::uint64_t reached = 0;
        platter_.note(name_, [&](const Written& file) { reached = file.size; });
        const IOStatus status = go_on();
        if (status.ok())
            platter_.note(name_, [&](Written& file) {
                if (!file.dropped) file.synced = std::max(file.synced, std::min(reached, file.size));
            });
        return status;
    }

    const std::string name_;
    Platter& platter_;
};

class FaultyDirectory final : public rocksdb::FSDirectory {
  public:
    FaultyDirectory(std::unique_ptr<rocksdb::FSDirectory>&& directory, std::string name, Platter& platter)
        : directory_(std::move(directory)), name_(std::move(name)), platter_(platter) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
        return sync(directory_->Fsync(options, context));
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* context,
                                 const rocksdb::DirFsyncOptions& what) override {
        return sync(directory_->FsyncWithDirOptions(options, context, what));
    }
    IOStatus Close(const IOOptions& options, IODebugContext* context) override {
        return directory_->Close(options, context);
    }
    std::size_t GetUniqueId(char* id, std::size_t most) const override {
        return directory_->GetUniqueId(id, most);
    }

  private:
    IOStatus sync(IOStatus status) {
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        if (!status.ok()) return status;
        const std::lock_guard held(platter_.lock);
        for (auto& [name, file] : platter_.files)
            if (std::filesystem::path(name).parent_path() == std::filesystem::path(name_)) file.named = true;
        return status;
    }

    std::unique_ptr<rocksdb::FSDirectory> directory_;
    const std::string name_;
    Platter& platter_;
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
  public:
    explicit FaultyFileSystem(Platter& platter)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), platter_(platter) {}
    const char* Name() const override { return "FaultyFileSystem"; }

    IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext* context) override {
        return make(name, result,
                    [&] { return FileSystemWrapper::NewWritableFile(name, options, result, context); });
    }
    IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                IODebugContext* context) override {
        return make(name, result,
                    [&] { return FileSystemWrapper::ReopenWritableFile(name, options, result, context); });
    }
    /// Reused logs would need their old bytes remembered; the options of the store do not reuse any.
    IOStatus ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
        return IOStatus::NotSupported("a faulty disk does not reuse files");
    }
    IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                          std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* context) override {
        IOStatus status = FileSystemWrapper::NewDirectory(name, options, result, context);
        if (status.ok()) *result = std::make_unique<FaultyDirectory>(std::move(*result), name, platter_);
        return status;
    }
    IOStatus DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* context) override {
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        const IOStatus status = FileSystemWrapper::DeleteFile(name, options, context);
        const std::lock_guard held(platter_.lock);
        if (status.ok()) platter_.files.erase(name);
        return status;
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* context) override {
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        const IOStatus status = FileSystemWrapper::RenameFile(from, to, options, context);
        if (!status.ok()) return status;
        const std::lock_guard held(platter_.lock);
        if (auto moved = platter_.files.extract(from); !moved.empty()) {
            moved.key() = to;
            moved.mapped().named = true;
            platter_.files.erase(to);
            platter_.files.insert(std::move(moved));
        }
        return status;
    }

  private:
    template <class Make>
    IOStatus make(const std::string& name, std::unique_ptr<rocksdb::FSWritableFile>* result, Make&& go_on) {
        const std::shared_lock powered(platter_.power);
        if (platter_.off) return no_power();
        if (platter_[DiskFault::full].bites_now()) return IOStatus::NoSpace("injected: the disk is full");
        if (platter_[DiskFault::error].bites_now()) return IOStatus::IOError("injected: EIO");
        IOStatus status = go_on();
        if (!status.ok()) return status;
        std::error_code unknown;
        const auto there = std::filesystem::file_size(name, unknown);
        platter_.note(name, [&](Written& file) {
            file = {unknown ? 0 : there, unknown ? 0 : there, file.named && !unknown && there > 0, false};
        });
        *result = std::make_unique<FaultyFile>(std::move(*result), name, platter_);
        return status;
    }

    Platter& platter_;
};

/// What is left of a file's unsynced end. Returns how many of its bytes are lost.
std::uint64_t spoil(const std::string& name, const Written& file, Tail tail, Random& random) {
    const std::uint64_t kept = file.synced + random.below(file.size - file.synced + 1);
    if (tail == Tail::truncated) {
        if (::truncate(name.c_str(), static_cast<off_t>(kept)) != 0) return 0;
        return file.size - kept;
    }
    std::fstream stream(name, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(static_cast<std::streamoff>(kept));
    for (std::uint64_t at = kept; at < file.size; ++at)
        stream.put(tail == Tail::zeroed ? '\0' : static_cast<char>(random.below(256)));
    return file.size - kept;
}

}  // namespace

std::optional<DiskFault> disk_fault_from(std::string_view name) {
    const auto found = std::find(disk_fault_names.begin(), disk_fault_names.end(), name);
    if (found == disk_fault_names.end()) return std::nullopt;
    return static_cast<DiskFault>(found - disk_fault_names.begin());
}

struct FaultyDisk::Impl {
    Platter platter;
    std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(platter));
};

FaultyDisk::FaultyDisk() : impl_(std::make_unique<Impl>()) {}
FaultyDisk::~FaultyDisk() = default;

rocksdb::Env& FaultyDisk::env() {
    return *impl_->env;
}

void FaultyDisk::begin(DiskFault fault, Duration extra) {
    if (fault == DiskFault::slow_sync) impl_->platter.extra_nanos.store(extra.count());
    impl_->platter[fault].on.store(true);
}

void FaultyDisk::end(DiskFault fault) {
    impl_->platter[fault].on.store(false);
}

std::uint64_t FaultyDisk::bites(DiskFault fault) const {
    return impl_->platter[fault].bites.load();
}

std::uint64_t FaultyDisk::power_loss(Tail tail, Random& random) {
    Platter& platter = impl_->platter;
    const std::unique_lock alone(platter.power);
    platter.off = true;
    std::uint64_t lost = 0;
    const std::lock_guard held(platter.lock);
    for (const auto& [name, file] : platter.files) {
        std::error_code gone;
        if (!file.named) {
            lost += file.size;
            std::filesystem::remove(name, gone);
        } else if (file.size > file.synced) {
            lost += spoil(name, file, tail, random);
        }
    }
    return lost;
}

}  // namespace hubbub
