// One conversation's rows out of all workers' ledgers, found by stamp, by wire number and by position.
// Built by the judge, one conversation at a time; its thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "loadgen/check/worker_evidence.hpp"

namespace hubbub {

struct JudgedRow {
    std::uint32_t device = 0, k = 0;
    const LedgerEntry* entry = nullptr;
};

class RowIndex {
  public:
    explicit RowIndex(std::vector<JudgedRow> rows);

    /// Rising by (device, k).
    [[nodiscard]] std::span<const JudgedRow> all() const { return rows_; }
    [[nodiscard]] const LedgerEntry* find(std::uint32_t device, std::uint32_t k) const;
    /// The row that was sent under this number and not definitely rejected; nothing when there is none.
    [[nodiscard]] const JudgedRow* find_sent(std::uint32_t device, std::uint32_t number) const;
    /// Rows acknowledged under first..last, rising by q.
    [[nodiscard]] std::span<const JudgedRow> acked_within(Seq32 first, Seq32 last) const;
    [[nodiscard]] Seq32 highest_acked() const;

  private:
    std::vector<JudgedRow> rows_;
    std::vector<JudgedRow> by_number_;
    std::vector<JudgedRow> by_position_;  ///< acked rows only
};

}  // namespace hubbub
