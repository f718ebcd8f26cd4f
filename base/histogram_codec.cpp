#include "base/histogram_codec.hpp"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/assert.hpp"
#include "base/base64url.hpp"

namespace hubbub {
namespace {

constexpr std::uint32_t word_size_mark = 0x10;  // "variable length" in the cookie's second lowest digit
constexpr std::uint32_t cookie_v2 = 0x1c849303;
constexpr std::uint32_t cookie_v2_compressed = 0x1c849304;
constexpr std::uint32_t significant_digits = 2;
constexpr std::size_t header_bytes = 40;
constexpr int bytes_per_count_max = 9;
constexpr std::int64_t count_max = std::int64_t{1} << 53;  // sums of counts stay exact in percentiles

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t get_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

// LEB128 of at most 9 bytes: the ninth carries eight bits and no continuation mark ("64b9B").
void put_zigzag(std::string& out, std::int64_t value) {
    std::uint64_t left = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
    for (int i = 1; i < bytes_per_count_max && left > 0x7f; ++i, left >>= 7)
        out.push_back(static_cast<char>(left | 0x80));
    out.push_back(static_cast<char>(left));
}

std::optional<std::int64_t> take_zigzag(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes_per_count_max; ++i) {
        if (bytes.empty()) return std::nullopt;
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        const bool last = i == bytes_per_count_max - 1 || byte < 0x80;
        value |= static_cast<std::uint64_t>(i == bytes_per_count_max - 1 ? byte : byte & 0x7f) << (7 * i);
        if (last) break;
    }
    return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
}

// Counts are positive numbers, two and more empty buckets in a row one negative number.
std::string encode_buckets(const Histogram& histogram) {
    std::string out;
    const auto& buckets = histogram.buckets();
    const std::size_t end =
        histogram.count() == 0
            ? 0
            : static_cast<std::size_t>(Histogram::index_of(static_cast<std::int64_t>(histogram.max()))) + 1;
    for (std::size_t i = 0; i < end;) {
        std::size_t next = i;
        while (buckets[next] == 0) ++next;  // the last one is not empty
        const auto zeros = static_cast<std::int64_t>(next - i);
        put_zigzag(out, zeros > 1 ? -zeros : static_cast<std::int64_t>(buckets[i]));
        i = std::max(next, i + 1);
    }
    if (end == 0) put_zigzag(out, 0);  // the original writes the bucket of its highest value, which is 0
    return out;
}

Result<Histogram> decode_buckets(std::string_view payload) {
    Histogram histogram;
    const std::int64_t end = Histogram::index_of(Histogram::highest_trackable) + 1;
    std::int64_t index = 0;
    while (!payload.empty()) {
        const auto count = take_zigzag(payload);
        if (!count) return fail("histogram: the last count is cut off");
        if (*count < index - end || (*count >= 0 && index >= end))
            return fail("histogram: more buckets than up to the highest trackable value");
        if (*count > count_max - static_cast<std::int64_t>(histogram.count()))
            return fail("histogram: more than 2^53 observations");
        if (*count < 0) {
            index -= *count;
            continue;
        }
        const int bucket = static_cast<int>(index++);
        histogram.record(Histogram::median_equivalent(bucket), static_cast<std::uint64_t>(*count));
    }
    return histogram;
}

// RFC 1950: the checksum behind a zlib stream.
std::uint32_t adler32(std::string_view bytes) {
    std::uint32_t a = 1, b = 0;
    for (const char byte : bytes) {
        a = (a + static_cast<unsigned char>(byte)) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

// RFC 1950 and 1951: one stored block. The encoding of all buckets is shorter than its limit.
std::string zlib_stored(std::string_view bytes) {
    HUBBUB_ASSERT(bytes.size() <= 0xffff, "a stored block holds 65535 bytes");
    const auto length = static_cast<std::uint16_t>(bytes.size());
    std::string out("\x78\x01\x01", 3);
    for (const auto word : {length, static_cast<std::uint16_t>(~length)})
        put_big_endian(out, static_cast<std::uint16_t>(word << 8 | word >> 8), 2);
    out += bytes;
    put_big_endian(out, adler32(bytes), 4);
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out = base64url_encode(bytes);
    std::replace(out.begin(), out.end(), '-', '+');
    std::replace(out.begin(), out.end(), '_', '/');
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

}  // namespace

std::string encode_histogram(const Histogram& histogram) {
    const std::string payload = encode_buckets(histogram);
    std::string out;
    put_big_endian(out, cookie_v2 | word_size_mark, 4);
    put_big_endian(out, payload.size(), 4);
    put_big_endian(out, 0, 4);  // normalizing index offset: only shifted (floating point) histograms have one
    put_big_endian(out, significant_digits, 4);
    put_big_endian(out, 1, 8);  // lowest discernible value
    put_big_endian(out, static_cast<std::uint64_t>(Histogram::highest_trackable), 8);
    put_big_endian(out, std::bit_cast<std::uint64_t>(1.0), 8);  // ratio of integers to what they stand for
    return out + payload;
}

Result<Histogram> decode_histogram(std::string_view bytes) {
    if (bytes.size() < header_bytes) return fail("histogram: shorter than its header of 40 bytes");
    if (get_big_endian(bytes.substr(0, 4)) != (cookie_v2 | word_size_mark))
        return fail("histogram: not an uncompressed HdrHistogram V2 encoding (cookie 0x1c849313)");
    if (get_big_endian(bytes.substr(4, 4)) != bytes.size() - header_bytes)
        return fail("histogram: the payload is not as long as its header says");
    if (get_big_endian(bytes.substr(8, 4)) != 0)
        return fail("histogram: a shifted histogram is not supported");
    if (get_big_endian(bytes.substr(12, 4)) != significant_digits ||
        get_big_endian(bytes.substr(16, 8)) != 1 ||
        get_big_endian(bytes.substr(24, 8)) != static_cast<std::uint64_t>(Histogram::highest_trackable))
        return fail("histogram: only 2 significant digits from 1 to 3600000000 are supported");
    return decode_buckets(bytes.substr(header_bytes));
}

std::string encode_histogram_for_log(const Histogram& histogram) {
    const std::string stream = zlib_stored(encode_histogram(histogram));
    std::string out;
    put_big_endian(out, cookie_v2_compressed | word_size_mark, 4);
    put_big_endian(out, stream.size(), 4);
    return base64(out + stream);
}

}  // namespace hubbub
