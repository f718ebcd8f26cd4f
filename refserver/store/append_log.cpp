#include "refserver/store/append_log.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <optional>

#include "base/assert.hpp"
#include "refserver/core/record_bytes.hpp"

namespace hubbub {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t head_bytes = length_bytes + checksum_bytes;
constexpr std::uint8_t batch_1 = 0x71;

void append_little_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::uint64_t read_little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

std::uint64_t checksum(std::string_view payload, std::size_t place) {
    return XXH3_64bits_withSeed(payload.data(), payload.size(), place);
}

std::string encode(const WriteBatch& batch) {
    RecordWriter out(batch_1);
    out.varint(batch.size());
    for (const WriteBatch::Put put : batch) {
        out.byte(put.erase ? 1 : 0);
        out.text(put.key);
        if (!put.erase) out.text(put.value);
    }
    return std::move(out).take();
}

std::optional<WriteBatch> decode(std::string_view payload) {
    RecordReader in(payload, batch_1);
    WriteBatch batch;
    const std::size_t puts = in.count(payload.size());
    for (std::size_t i = 0; i < puts && in.ok(); ++i) {
        const bool erase = in.choice(1) == 1;
        const std::string_view key = in.text();
        if (erase) {
            batch.erase(key);
        } else {
            batch.put(key, in.text());
        }
    }
    if (!in.done()) return std::nullopt;
    return batch;
}

}  // namespace

void append_record(std::string& log, const WriteBatch& batch) {
    const std::string payload = encode(batch);
    HUBBUB_ASSERT(payload.size() <= UINT32_MAX, "a batch is at most 4 GB");
    const std::size_t place = log.size();
    append_little_endian(log, payload.size(), length_bytes);
    append_little_endian(log, checksum(payload, place), checksum_bytes);
    log += payload;
}

std::size_t read_log(std::string_view log, const std::function<void(const WriteBatch&)>& visit) {
    std::size_t place = 0;
    while (log.size() - place >= head_bytes) {
        const std::string_view head = log.substr(place, head_bytes);
        const std::uint64_t length = read_little_endian(head.substr(0, length_bytes));
        if (length > log.size() - place - head_bytes) break;
        const std::string_view payload = log.substr(place + head_bytes, length);
        if (read_little_endian(head.substr(length_bytes)) != checksum(payload, place)) break;
        const std::optional<WriteBatch> batch = decode(payload);
        if (!batch) break;
        visit(*batch);
        place += head_bytes + length;
    }
    return place;
}

}  // namespace hubbub
