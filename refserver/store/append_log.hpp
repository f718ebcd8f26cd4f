// The bytes of an append-only log of batches: length, checksum, puts. What follows the last whole record is
// torn. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "refserver/core/store.hpp"

namespace hubbub {

/// Appends one record: length of the payload (4, little endian), checksum (8, little endian), payload. The
/// checksum is XXH3 seeded with the record's place, so that neither zeros nor an old record in a new place
/// fit.
void append_record(std::string& log, const WriteBatch& batch);

/// Hands out the batches of all whole records from the front. Returns how many bytes they take: the rest is a
/// torn tail, to be cut before anything is appended.
std::size_t read_log(std::string_view log, const std::function<void(const WriteBatch&)>& visit);

}  // namespace hubbub
