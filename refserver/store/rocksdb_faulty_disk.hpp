// A disk that fails on request, under a real RocksDB: full, erring, slow or failing to sync, and a loss of
// power that takes what was not synced. Owned by whoever owns the store, which it outlives; any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"
#include "refserver/store/power_loss_tail.hpp"

namespace rocksdb {
class Env;
}

namespace hubbub {

/// What the disk does wrong until it is told otherwise. Several at a time are possible.
enum class DiskFault : std::uint8_t {
    full,          ///< half of a write arrives, then ENOSPC; new files cannot be made
    error,         ///< writes fail with EIO
    slow_sync,     ///< every sync takes longer
    failing_sync,  ///< syncs fail, and what they were to keep will never be on the disk: as Linux drops dirty
                   ///< pages then, a later sync of the same file reports success for nothing
};
inline constexpr std::array<std::string_view, 4> disk_fault_names = {"full", "error", "slow_sync",
                                                                     "failing_sync"};
std::optional<DiskFault> disk_fault_from(std::string_view name);

class FaultyDisk {
  public:
    FaultyDisk();
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    /// RocksDbOptions::env.
    [[nodiscard]] rocksdb::Env& env();

    /// `extra`: of slow_sync, beside the disk's own time.
    void begin(DiskFault fault, Duration extra = {});
    void end(DiskFault fault);
    /// How often it did its work.
    [[nodiscard]] std::uint64_t bites(DiskFault fault) const;

    /// The machine loses power: each file keeps what was synced and, by chance, some of what was not; how it
    /// ends then is `tail`'s. Files whose directory was not synced since they were made are gone; a rename is
    /// taken for durable. Afterwards every operation fails: the store can only be closed, and opened on
    /// another disk. Returns how many bytes were lost.
    std::uint64_t power_loss(Tail tail, Random& random);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
