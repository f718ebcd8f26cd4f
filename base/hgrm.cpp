// The percentile distribution text of HdrHistogram, line by line as the original prints it.
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <limits>

#include "base/histogram_codec.hpp"

namespace hubbub {
namespace {

constexpr int ticks_per_half_distance = 5;

[[gnu::format(printf, 2, 3)]] void print(std::string& out, const char* format, ...) {
    char line[160];
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    out += line;
}

// printf rounds ties to even, the original up: one ulp more makes the texts equal.
double ties_up(double value) {
    return std::nextafter(value, std::numeric_limits<double>::infinity());
}

// Each half of the remaining distance to 100 % has the same number of ticks.
double level_after(double level) {
    const int halvings = std::ilogb(100.0 / (100.0 - level));
    return level + 100.0 / std::ldexp(ticks_per_half_distance, halvings + 1);
}

double value_of(std::size_t bucket) {
    return static_cast<double>(Histogram::highest_equivalent(static_cast<int>(bucket)));
}

void print_levels(std::string& out, const Histogram& histogram, double unit_scale) {
    const auto& buckets = histogram.buckets();
    const std::uint64_t total = histogram.count();
    std::uint64_t seen = 0;
    double level = 0;
    for (std::size_t i = 0; seen < total; ++i) {
        if (buckets[i] == 0) continue;
        seen += buckets[i];
        const double value = ties_up(value_of(i) / unit_scale);
        const auto count = static_cast<unsigned long long>(seen);
        while (level < 100 && 100.0 * static_cast<double>(seen) / static_cast<double>(total) >= level) {
            print(out, "%12.2f %2.12f %10llu %14.2f\n", value, ties_up(level / 100), count,
                  ties_up(1 / (1 - level / 100)));
            level = level_after(level);
            if (seen == total) break;
        }
        if (seen == total) print(out, "%12.2f %2.12f %10llu\n", value, 1.0, count);
    }
}

struct Moments {
    double mean = 0;
    double deviation = 0;
};

// Over the middles of the buckets, as a reader of the buckets computes them.
Moments moments_of(const Histogram& histogram) {
    Moments moments;
    if (histogram.count() == 0) return moments;
    const auto& buckets = histogram.buckets();
    const auto sum_over = [&](auto&& of) {
        double sum = 0;
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            if (buckets[i] == 0) continue;
            const std::int64_t median = Histogram::median_equivalent(static_cast<int>(i));
            sum += of(static_cast<double>(median)) * static_cast<double>(buckets[i]);
        }
        return sum / static_cast<double>(histogram.count());
    };
    moments.mean = sum_over([](double value) { return value; });
    moments.deviation =
        std::sqrt(sum_over([&](double value) { return (value - moments.mean) * (value - moments.mean); }));
    return moments;
}

}  // namespace

std::string to_hgrm(const Histogram& histogram, double unit_scale) {
    std::string out = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
    print_levels(out, histogram, unit_scale);
    const auto [mean, deviation] = moments_of(histogram);
    const double max = histogram.count() == 0 ? 0 : histogram.max();
    print(out, "#[Mean    = %12.2f, StdDeviation   = %12.2f]\n", ties_up(mean / unit_scale),
          ties_up(deviation / unit_scale));
    print(out, "#[Max     = %12.2f, Total count    = %12llu]\n", ties_up(max / unit_scale),
          static_cast<unsigned long long>(histogram.count()));
    print(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", Histogram::bucket_count() / 128 - 1, 256);
    if (histogram.missing() > 0)
        print(out, "#[Missing = %12llu, not in the lines above]\n",
              static_cast<unsigned long long>(histogram.missing()));
    return out;
}

}  // namespace hubbub
