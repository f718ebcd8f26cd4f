// What really stands behind each number of one conversation: the history read at the end first, then the
// sender's ledger, then what most receivers saw. Built by the judge out of all workers' logs; its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "loadgen/check/conversation_log.hpp"
#include "loadgen/check/row_index.hpp"

namespace hubbub {

struct CanonEntry {
    LogRecord record;  ///< hash 0: nobody saw anything; first and last: over all receivers, count unused
    bool audited = false;

    [[nodiscard]] bool present() const { return record.hash != 0; }
    /// It shows the message `k` of `device`, whatever was altered around the stamp.
    [[nodiscard]] bool shows(std::uint32_t device, std::uint32_t k) const {
        return record.k != 0 && record.device == device && record.k == k;
    }
};

/// Where a message stands: one for each number that shows its stamp.
struct Placed {
    std::uint32_t device, k;
    Seq32 q;
    friend auto operator<=>(const Placed&, const Placed&) = default;
};

/// Receivers that saw something else than the canon behind `q`. Not by name: a worker only counts those who
/// share its record, and what the report says must not depend on who shares a worker with whom.
struct Dissent {
    Seq32 q;
    std::uint64_t receivers;
};

class Canon {
  public:
    /// The workers' logs of one conversation (those that have one), and the rows of its senders.
    Canon(Seq32 base, std::span<const ConversationLog* const> logs, const RowIndex& rows);

    [[nodiscard]] Seq32 base() const { return base_; }
    [[nodiscard]] Seq32 top() const { return base_ + static_cast<Seq32>(entries_.size()); }
    [[nodiscard]] const CanonEntry& at(Seq32 q) const;
    /// Rising by (device, k, q).
    [[nodiscard]] const std::vector<Placed>& placed() const { return placed_; }
    /// The lowest number that shows this stamp.
    [[nodiscard]] std::optional<Seq32> place_of(std::uint32_t device, std::uint32_t k) const;
    [[nodiscard]] const std::vector<Dissent>& dissents() const { return dissents_; }
    /// Receivers that saw exactly this content behind `q`; the sending device is none.
    [[nodiscard]] std::uint64_t holders(Seq32 q, std::uint64_t hash) const;
    /// Nobody saw another content behind `q` than the canon.
    [[nodiscard]] bool undisputed(Seq32 q) const;

  private:
    void resolve(Seq32 q, const RowIndex& rows);
    void note_dissents(Seq32 q, std::uint64_t canon_hash);

    Seq32 base_;
    std::span<const ConversationLog* const> logs_;
    std::vector<CanonEntry> entries_;
    std::vector<Placed> placed_;
    std::vector<Dissent> dissents_;
};

}  // namespace hubbub
