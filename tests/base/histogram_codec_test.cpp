#include "base/histogram_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace hubbub {
namespace {

// What must come out was made by the original, HdrHistogram 2.1.11 for Java (Debian's libhdrhistogram-java):
// new Histogram(1, 3600000000L, 2), recordValueWithCount(value, count) for each pair, then
// encodeIntoByteBuffer(), getValueAtPercentile() or outputPercentileDistribution(out, 1000.0).
// hdr-histogram-js 3.0.1 gives the same buckets.
using Recorded = std::vector<std::pair<std::int64_t, std::uint64_t>>;

const Recorded mixed = {{0, 1},    {1, 2},      {255, 3},    {256, 5},    {1000, 400},
                        {1003, 7}, {12345, 90}, {100000, 8}, {999999, 2}, {3600000000, 1}};
// Counts above 32 bits, and values that end in 5 thousandths of the printed unit.
const Recorded skew = {{125, 100}, {375, 30}, {1125, 400}, {7625, 3000}, {30875, 20000}, {50, 70000000000}};

constexpr const char* mixed_hex =
    "1c849313000000170000000000000002000000000000000100000000d693a4003ff0000000000000"
    "0204f903060af103ae068907b401830610df0604c11702";
constexpr const char* two_hex =
    "1c849313000000060000000000000002000000000000000100000000d693a4003ff00000000000000502a3048001";
constexpr const char* empty_hex =
    "1c849313000000010000000000000002000000000000000100000000d693a4003ff000000000000000";
constexpr const char* skew_hex =
    "1c8493130000001b0000000000000002000000000000000100000000d693a4003ff0000000000000"
    "6380f099c589049301c801f9023c9f03a006c105f02e8304c0b802";

Histogram histogram_of(const Recorded& recorded) {
    Histogram histogram;
    for (const auto& [value, count] : recorded) histogram.record(value, count);
    return histogram;
}

std::string hex_of(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes)
        for (const int shift : {4, 0})
            out.push_back("0123456789abcdef"[static_cast<unsigned char>(byte) >> shift & 15]);
    return out;
}

std::string fixture(const std::string& name) {
    std::ifstream file(std::string(HUBBUB_SOURCE_DIR) + "/tests/base/fixtures/" + name);
    EXPECT_TRUE(file.is_open()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(HistogramCodec, WritesTheBytesOfTheOriginal) {
    EXPECT_EQ(hex_of(encode_histogram(histogram_of(mixed))), mixed_hex);
    EXPECT_EQ(hex_of(encode_histogram(histogram_of({{3, 1}, {300, 64}}))), two_hex);
    EXPECT_EQ(hex_of(encode_histogram(histogram_of(skew))), skew_hex);
    EXPECT_EQ(hex_of(encode_histogram(Histogram())), empty_hex);
}

TEST(HistogramCodec, EncodesASmallHistogramAsByHand) {
    // Values 0, 2, 2: buckets 1, 0, 2. ZigZag doubles positive numbers; a single empty bucket is a plain 0.
    const auto bytes = encode_histogram(histogram_of({{0, 1}, {2, 2}}));
    EXPECT_EQ(hex_of(bytes.substr(40)), "020004");
    EXPECT_EQ(hex_of(bytes.substr(0, 16)),
              "1c849313"
              "00000003"
              "00000000"
              "00000002");
    // Values 3 and 300 * 64: three empty buckets are -3 -> 5; 301's bucket 278 comes after 274 more: -274 ->
    // 547 = 0xa3 0x04; 64 -> 128 = 0x80 0x01.
    EXPECT_EQ(hex_of(encode_histogram(histogram_of({{3, 1}, {300, 64}})).substr(40)), "0502a3048001");
}

TEST(HistogramCodec, HasThePercentilesOfTheOriginal) {
    const std::map<double, double> expected = {{0.001, 0},          {10.0, 1003},       {50.0, 1003},
                                               {75.0, 1003},        {90.0, 12351},      {95.0, 12351},
                                               {99.0, 100351},      {99.5, 1003519},    {99.9, 3607101439},
                                               {99.99, 3607101439}, {100.0, 3607101439}};
    const auto histogram = histogram_of(mixed);
    for (const auto& [p, value] : expected) EXPECT_EQ(histogram.percentile(p), value) << p;
    EXPECT_EQ(histogram.max(), 3607101439);
    EXPECT_EQ(histogram.min(), 0);
}

TEST(HistogramCodec, PrintsThePercentileDistributionOfTheOriginal) {
    EXPECT_EQ(to_hgrm(histogram_of(mixed), 1000), fixture("mixed.hgrm"));
    EXPECT_EQ(to_hgrm(histogram_of(skew), 1000), fixture("skew.hgrm"));
}

TEST(HistogramCodec, PrintsAnEmptyDistribution) {
    EXPECT_EQ(to_hgrm(Histogram(), 1),
              "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
              "#[Mean    =         0.00, StdDeviation   =         0.00]\n"
              "#[Max     =         0.00, Total count    =            0]\n"
              "#[Buckets =           25, SubBuckets     =          256]\n");
}

TEST(HistogramCodec, SaysHowManyAreMissingFromTheDistribution) {
    auto histogram = histogram_of(mixed);
    histogram.record_missing(7);
    EXPECT_EQ(to_hgrm(histogram, 1000),
              fixture("mixed.hgrm") + "#[Missing =            7, not in the lines above]\n");
}

TEST(HistogramCodec, WrapsTheLogPayloadAsAStoredZlibStream) {
    // The two-value histogram is 46 (0x2e) bytes; the wrapping of a stored block is RFC 1950 and RFC 1951 by
    // hand: 78 01, block 01 2e00 d1ff, the bytes, Adler-32. Total 46 + 11 = 57 (0x39), behind cookie
    // 0x1c849314. The original reads it back with decodeFromCompressedByteBuffer(); zlib gives the Adler-32
    // 0x709005bb.
    EXPECT_EQ(encode_histogram_for_log(histogram_of({{3, 1}, {300, 64}})),
              "HISTFAAAADl4AQEuANH/HISTEwAAAAYAAAAAAAAAAgAAAAAAAAABAAAAANaTpAA/8AAAAAAAAAUCowSAAXCQBbs=");
}

rc::Gen<Recorded> any_recorded() {
    const auto value = rc::gen::mapcat(rc::gen::inRange(0, 32), [](int magnitude) {
        return rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << magnitude);
    });
    const auto count = rc::gen::mapcat(rc::gen::inRange(0, 46), [](int magnitude) {
        return rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << magnitude);
    });
    return rc::gen::container<Recorded>(rc::gen::pair(value, count));
}

RC_GTEST_PROP(HistogramCodec, BringsEveryBucketBack, ()) {
    const auto histogram = histogram_of(*any_recorded());
    const auto decoded = decode_histogram(encode_histogram(histogram));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->count() == histogram.count());
    RC_ASSERT(decoded->buckets() == histogram.buckets());
    if (histogram.count() == 0) return;
    RC_ASSERT(decoded->min() == histogram.min());
    RC_ASSERT(decoded->max() == histogram.max());
    RC_ASSERT(std::abs(decoded->mean() - histogram.mean()) <= 0.008 * histogram.mean());
}

RC_GTEST_PROP(HistogramCodec, SurvivesAnyChangeOfItsBytes, ()) {
    auto bytes = encode_histogram(histogram_of(*any_recorded()));
    const int changes = *rc::gen::inRange(1, 5);
    for (int i = 0; i < changes && !bytes.empty(); ++i) {
        const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
        if (*rc::gen::inRange(0, 4) == 0)
            bytes.resize(place);
        else
            bytes[place] = *rc::gen::arbitrary<char>();
    }
    const auto decoded = decode_histogram(bytes);  // an error or a histogram that can be used
    if (decoded && decoded->count() > 0) RC_ASSERT(decoded->percentile(100) == decoded->max());
}

std::string error_of(std::string bytes) {
    const auto decoded = decode_histogram(bytes);
    return decoded ? "none" : decoded.error().message;
}

void expect_has(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(HistogramCodec, SaysWhatItCannotRead) {
    const std::string good = encode_histogram(histogram_of(mixed));
    const auto with = [&](std::size_t place, char byte) {
        std::string bytes = good;
        bytes[place] = byte;
        return bytes;
    };
    EXPECT_EQ(error_of(good), "none");
    expect_has(error_of(good.substr(0, 39)), "header");
    expect_has(error_of(with(3, '\x14')), "cookie");
    expect_has(error_of(good + "x"), "payload");
    expect_has(error_of(with(11, '\x01')), "shifted");
    expect_has(error_of(with(15, '\x03')), "2 significant digits");
    expect_has(error_of(with(good.size() - 1, '\x82')), "cut off");
}

// A histogram whose payload is this, with the right length in the header.
std::string with_payload(const std::string& payload) {
    std::string bytes = encode_histogram(Histogram()).substr(0, 40) + payload;
    bytes[7] = static_cast<char>(payload.size());
    return bytes;
}

TEST(HistogramCodec, RefusesBucketsBeyondTheHighestTrackableValue) {
    // 3.6e9 lies in bucket 24 * 128 + (3600000000 >> 24) = 3286, the 3287th: 3286 empty ones are -3286 ->
    // 6571.
    EXPECT_EQ(error_of(with_payload("\xab\x33\x02")), "none");
    expect_has(error_of(with_payload("\xab\x33\x02\x02")), "more buckets");
    expect_has(error_of(with_payload("\xaf\x33")), "more buckets");
}

TEST(HistogramCodec, RefusesCountsWhoseSumIsNotExact) {
    // 2^53 -> 2^54 in ZigZag: seven times 7 bits, then 2^5.
    const std::string most("\x80\x80\x80\x80\x80\x80\x80\x20");
    EXPECT_EQ(error_of(with_payload(most)), "none");
    expect_has(error_of(with_payload(most + "\x02")), "2^53");
}

}  // namespace
}  // namespace hubbub
