#include "loadgen/check/evidence_book.hpp"

#include <algorithm>

namespace hubbub {

void EvidenceBook::note(std::string_view counter, const RawEvidence& evidence) {
    auto& kept = cases_[counter];
    if (kept.size() == cases_max) {
        if (!(evidence < kept.back())) return;
        kept.pop_back();
    }
    kept.insert(std::upper_bound(kept.begin(), kept.end(), evidence), evidence);
}

void EvidenceBook::merge(const EvidenceBook& other) {
    for (const auto& [counter, cases] : other.cases_)
        for (const RawEvidence& evidence : cases) note(counter, evidence);
}

}  // namespace hubbub
