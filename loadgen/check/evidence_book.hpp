// The earliest cases of each kind of violation, so that the report can show them without a log of
// everything. Owned by one worker's checker, or by the judge who merges the books.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace hubbub {

/// One case, in indices; the judge puts names to it.
struct RawEvidence {
    static constexpr std::uint32_t nobody = UINT32_MAX;

    std::uint64_t at_us = 0;  ///< since the run's epoch
    std::uint32_t conversation = nobody;
    Sequence sequence = 0;
    std::uint32_t receiver = nobody, sender = nobody;  ///< devices
    std::uint32_t k = 0;
    std::string_view why;  ///< a literal

    friend auto operator<=>(const RawEvidence&, const RawEvidence&) = default;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.at_us, self.conversation, self.sequence, self.receiver, self.sender, self.k, self.why);
    }
};

class EvidenceBook {
  public:
    /// Cases kept of a kind: enough to see a pattern, few enough for a screen and a file.
    static constexpr std::size_t cases_max = 100;

    /// Keeps the case if it is among the earliest; which ones stay does not depend on the order of calls.
    void note(std::string_view counter, const RawEvidence& evidence);
    void merge(const EvidenceBook& other);
    [[nodiscard]] const std::map<std::string_view, std::vector<RawEvidence>>& cases() const { return cases_; }

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.cases_);
    }

  private:
    std::map<std::string_view, std::vector<RawEvidence>> cases_;  ///< each rising
};

}  // namespace hubbub
