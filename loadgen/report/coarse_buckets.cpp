#include "loadgen/report/coarse_buckets.hpp"

#include <cmath>
#include <map>

namespace hubbub {

boost::json::array coarse_buckets(const Histogram& histogram) {
    std::map<int, std::uint64_t> coarse;
    for (std::size_t i = 0; i < histogram.buckets().size(); ++i) {
        if (histogram.buckets()[i] == 0) continue;
        const auto micros = static_cast<double>(Histogram::median_equivalent(static_cast<int>(i)));
        coarse[micros < 1 ? 0 : static_cast<int>(4 * std::log2(micros))] += histogram.buckets()[i];
    }
    boost::json::array out;
    for (const auto& [index, count] : coarse) {
        out.push_back(index);
        out.push_back(count);
    }
    return out;
}

}  // namespace hubbub
