#include "refserver/core/record_bytes.hpp"

namespace hubbub {

void RecordWriter::varint(std::uint64_t value) {
    while (value >= 0x80) {
        byte(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
}

void RecordWriter::difference(std::int64_t value) {
    varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void RecordWriter::text(std::string_view value) {
    varint(value.size());
    bytes_.append(value);
}

RecordReader::RecordReader(std::string_view bytes, std::uint8_t format) : bytes_(bytes) {
    if (byte() != format) {
        at_ = 0;
        reject();
    }
}

std::uint8_t RecordReader::byte() {
    if (!ok_ || at_ == bytes_.size()) return static_cast<std::uint8_t>(reject());
    return static_cast<std::uint8_t>(bytes_[at_++]);
}

std::uint8_t RecordReader::choice(std::uint8_t last) {
    const std::uint8_t value = byte();
    return value <= last ? value : static_cast<std::uint8_t>(reject());
}

std::uint64_t RecordReader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const std::uint64_t part = byte();
        if (!ok_) return 0;
        if (shift == 63 && part > 1) return reject();  // more than 64 bits
        value |= (part & 0x7f) << shift;
        if (part < 0x80) return part == 0 && shift > 0 ? reject() : value;  // a last 0 is an overlong form
    }
    return reject();
}

std::uint64_t RecordReader::varint(std::uint64_t most) {
    const std::uint64_t value = varint();
    return value <= most ? value : reject();
}

std::int64_t RecordReader::difference() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

std::string_view RecordReader::text() {
    const std::uint64_t size = varint(bytes_.size() - at_);
    if (!ok_ || size > bytes_.size() - at_) {
        reject();
        return {};
    }
    const std::string_view value = bytes_.substr(at_, size);
    at_ += size;
    return value;
}

std::size_t RecordReader::count(std::size_t most) {
    const std::uint64_t value = varint(most);
    return value <= bytes_.size() - at_ ? value : reject();
}

}  // namespace hubbub
