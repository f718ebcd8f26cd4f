#include "loadgen/check/stamp.hpp"

#include <algorithm>
#include <array>

#include "base/base64url.hpp"
#include "base/random.hpp"
#include "loadgen/check/keyed_hash.hpp"

namespace hubbub {
namespace {

constexpr std::size_t packed_bytes = 36;
constexpr std::size_t checksum_bytes = 5;
constexpr std::size_t covered_bytes = packed_bytes - checksum_bytes;
static_assert(base64url_length(packed_bytes) == stamp_bytes);

using Packed = std::array<char, packed_bytes>;

/// Writes and reads big-endian fields of 3, 4 or 5 bytes one after the other.
class Cursor {
  public:
    explicit Cursor(Packed& bytes) : at_(bytes.data()) {}
    void put(std::uint64_t value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) *at_++ = static_cast<char>(value >> shift);
    }
    std::uint64_t get(int bytes) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) value = (value << 8) | static_cast<unsigned char>(*at_++);
        return value;
    }
    std::uint32_t get32(int bytes) { return static_cast<std::uint32_t>(get(bytes)); }

  private:
    char* at_;
};

std::uint64_t clamped(std::uint64_t value, int bytes) {
    return std::min(value, (std::uint64_t{1} << (8 * bytes)) - 1);
}

std::uint64_t checksum(const Packed& packed, std::string_view filler, std::uint64_t key) {
    const std::uint64_t of_stamp = keyed_hash({packed.data(), covered_bytes}, key);
    return keyed_hash(filler, mix64(of_stamp, key)) & ((std::uint64_t{1} << (8 * checksum_bytes)) - 1);
}

void append_filler(std::string& out, const Stamp& stamp, std::size_t length, std::uint64_t key) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static constexpr std::size_t characters_a_draw = 10;  // 6 bits each
    const std::uint64_t seed =
        mix64(key, (std::uint64_t{stamp.device.value} << 32) | stamp.conversation.value, stamp.k);
    const std::size_t begin = out.size();
    out.resize(begin + length);
    char* const filler = out.data() + begin;
    for (std::size_t i = 0; i < length; i += characters_a_draw) {
        std::uint64_t draw = mix64(seed + i);
        const std::size_t end = std::min(length, i + characters_a_draw);
        for (std::size_t j = i; j < end; ++j, draw >>= 6) filler[j] = alphabet[draw & 63];
    }
}

}  // namespace

void append_stamped_body(std::string& out, const Stamp& stamp, std::uint32_t body_bytes, std::uint64_t key) {
    const std::size_t begin = out.size();
    out.append(stamp_bytes, '\0');
    append_filler(out, stamp, body_bytes > stamp_bytes ? body_bytes - stamp_bytes : 0, key);

    Packed packed;
    Cursor cursor(packed);
    cursor.put(stamp.run & 0xffffff, 3);
    cursor.put(stamp.device.value, 4);
    cursor.put(stamp.conversation.value, 4);
    cursor.put(stamp.k, 4);
    cursor.put(stamp.parent_device.value, 4);
    cursor.put(stamp.parent_k, 4);
    cursor.put(clamped(stamp.intended_us, 5), 5);
    cursor.put(clamped(stamp.lag_us, 3), 3);
    cursor.put(checksum(packed, std::string_view(out).substr(begin + stamp_bytes), key), checksum_bytes);
    base64url_encode({packed.data(), packed.size()}, out.data() + begin);
}

StampReading read_stamp(std::string_view body, std::uint32_t run, std::uint64_t key) {
    Packed packed;
    if (body.size() < stamp_bytes || !base64url_decode(body.substr(0, stamp_bytes), packed.data())) return {};

    Cursor cursor(packed);
    StampReading reading;
    reading.stamp.run = cursor.get32(3);
    reading.stamp.device = DeviceIndex{cursor.get32(4)};
    reading.stamp.conversation = ConversationIndex{cursor.get32(4)};
    reading.stamp.k = cursor.get32(4);
    reading.stamp.parent_device = DeviceIndex{cursor.get32(4)};
    reading.stamp.parent_k = cursor.get32(4);
    reading.stamp.intended_us = cursor.get(5);
    reading.stamp.lag_us = cursor.get32(3);
    // The checksum first: a run number that was altered on the way must read as corrupt, never as foreign.
    if (cursor.get(checksum_bytes) != checksum(packed, body.substr(stamp_bytes), key))
        reading.state = StampState::corrupt;
    else
        reading.state = reading.stamp.run == (run & 0xffffff) ? StampState::valid : StampState::foreign;
    return reading;
}

}  // namespace hubbub
