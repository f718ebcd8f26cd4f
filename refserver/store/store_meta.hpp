// What a store writes about itself when it opens: whether the last writer may have lost committed entries.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "refserver/core/records.hpp"

namespace hubbub {

/// The format of keys and values that this program writes and reads.
inline constexpr std::uint32_t store_format = 1;

/// The meta to write at open. `found`: the value under keys::meta(), nullopt in a new store. `durability` and
/// `boot`: of this writer (StoreMeta). `positions_lost`: something else says that committed entries may be
/// missing. `torn_end`: the log's last record was not whole, and nothing stood behind it: of a writer that
/// reports what is synced, nobody was told of it. Error: the value cannot be read, or a newer program wrote
/// it.
Result<StoreMeta> meta_at_open(std::optional<std::string_view> found, Durability durability,
                               std::string_view boot, bool positions_lost, bool torn_end = false);

/// The last writer's commits may be missing: it did not close, and died in a way its durability does not
/// survive.
bool may_have_lost(const StoreMeta& last, std::string_view boot_now);

}  // namespace hubbub
