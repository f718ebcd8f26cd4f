// Histograms in the formats of HdrHistogram, so that its tools read ours: V2 encoding, .hlog payload, .hgrm
// text. Pure functions; any thread. Format: github.com/HdrHistogram/HdrHistogram, AbstractHistogram and
// ZigZagEncoding.
#pragma once

#include <string>
#include <string_view>

#include "base/histogram.hpp"
#include "base/result.hpp"

namespace hubbub {

/// V2 encoding, not compressed: header of 40 bytes, then the buckets as ZigZag LEB128. Only what was
/// received: the format has no place for missing observations, so that whoever writes it says their number
/// elsewhere.
std::string encode_histogram(const Histogram& histogram);

/// The reverse, for histograms of our own layout; anything else is an error that says what was found. Every
/// value comes back as the middle of its bucket: percentiles, min() and max() are the same, mean() is near.
Result<Histogram> decode_histogram(std::string_view bytes);

/// The last field of a .hlog line: the V2 encoding in a zlib stream (stored, not deflated), in base64 with
/// padding (RFC 4648 section 4).
std::string encode_histogram_for_log(const Histogram& histogram);

/// The percentile distribution as HdrHistogram prints it, 5 ticks for each half of the distance to 100 %.
/// Values are divided by `unit_scale` (1000: microseconds as milliseconds). Only what was received; when some
/// is missing, a last comment line says how many.
std::string to_hgrm(const Histogram& histogram, double unit_scale);

}  // namespace hubbub
