// How Google Benchmark programs here print: one line a figure, `name value unit ratio`.
// Owned by a benchmark's main; one thread.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace hubbub {

/// CPU nanoseconds per operation. The ratio says how many times the peer's cost is ours; the peer of `name`
/// is the benchmark `name_peer`, registered before it, and "-" stands where there is none.
class Figures final : public benchmark::BenchmarkReporter {
  public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            const std::string name = run.run_name.function_name;
            const double cost = run.GetAdjustedCPUTime();
            costs_[name] = cost;
            const auto peer = costs_.find(name + "_peer");
            if (peer == costs_.end())
                std::printf("%s %.1f ns -\n", name.c_str(), cost);
            else
                std::printf("%s %.1f ns %.2f\n", name.c_str(), cost, peer->second / cost);
        }
    }

  private:
    std::map<std::string, double> costs_;
};

inline int print_figures(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    Figures figures;
    return benchmark::RunSpecifiedBenchmarks(&figures) == 0 ? 1 : 0;
}

}  // namespace hubbub
