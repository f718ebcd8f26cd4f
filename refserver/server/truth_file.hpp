// Sabotage's ground truth on disk: one JSON object a line, written and flushed before the act.
// Shared by all shards; thread-safe.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "refserver/core/sabotage.hpp"

namespace hubbub {

class TruthFile final : public SabotageTruth {
  public:
    static Result<std::unique_ptr<TruthFile>> open(const std::string& path);
    ~TruthFile() override;
    void about_to(const SabotageRecord& record) override;

  private:
    explicit TruthFile(std::FILE* file) : file_(file) {}
    std::mutex mutex_;
    std::FILE* file_;
};

}  // namespace hubbub
