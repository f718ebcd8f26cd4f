// Reads the frames of a RocksDB log that does not check out: is the damage its unfinished end, or does
// something whole stand behind it? Pure functions over bytes; any thread.
// Format: github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format (legacy records, which are what is
// written without recycled logs).
#pragma once

#include <string_view>

namespace hubbub {

/// Whether, of the first damage on, no logical record begins that checks out. A log that is synced after each
/// record, one at a time, looks so when the power goes while its last record is being written: in part, in
/// zeros, with some of its pages missing. Damage with a later record behind it is none of that. A log without
/// damage is torn at its very end, where nothing is missing.
bool torn_at_its_end(std::string_view log);
/// Whether every frame of it does; an end that is cut in the middle of one does not.
bool checks_out(std::string_view log);

}  // namespace hubbub
