// Failures counted by stage and kind, bounded: what a report can show and a memory can hold.
// Owned by one client core; its thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace hubbub {

class ErrorGroups {
  public:
    /// A target that words every error differently must not fill the memory.
    static constexpr std::size_t classes_max = 100;
    static constexpr const char* rest = "other";

    void count(const std::string& stage_and_kind) {
        const auto known = groups_.find(stage_and_kind);
        if (known != groups_.end())
            ++known->second;
        else
            ++groups_[groups_.size() < classes_max ? stage_and_kind : rest];
    }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& all() const { return groups_; }

  private:
    std::map<std::string, std::uint64_t> groups_;
};

}  // namespace hubbub
