// A histogram coarse enough to look at: for the heat map and the live page.
// Pure function; any thread.
#pragma once

#include <boost/json/array.hpp>

#include "base/histogram.hpp"

namespace hubbub {

/// index, count, index, count, ...: index i holds 2^(i/4) us up to 2^((i+1)/4) us. Quarters of an octave are
/// fine enough for the eye, and an hour of them is a megabyte.
boost::json::array coarse_buckets(const Histogram& histogram);

}  // namespace hubbub
