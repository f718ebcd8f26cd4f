// Every message that this worker's devices intended to send, 40 bytes each, and what became of it.
// Owned by one worker's checker; its thread only. The judge reads it after the run.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

#include "base/ids.hpp"
#include "loadgen/check/send_about.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// A row of the ledger: one intended message of one of this worker's devices.
using LedgerRow = std::uint32_t;

enum class RowState : std::uint8_t {
    intended,       ///< no byte has left; at the end: unsent
    attempted,      ///< bytes may have left: indeterminate until answered
    acked,          ///< under `sequence`
    acked_unknown,  ///< taken long ago, under a q that the server no longer knows
    rejected,       ///< definitely did not happen
};

struct LedgerEntry {
    using PlainBytes = void;
    std::uint64_t content_hash = 0;  ///< before the first attempt: of the body alone
    std::uint64_t intended_us : 40 = 0;
    std::uint64_t lag_us : 24 = 0;
    std::uint32_t stream = 0;  ///< of the whole plan
    std::uint32_t k = 0;
    std::uint32_t number = 0;    ///< n on the wire; 0: not yet
    std::uint32_t sequence = 0;  ///< q of the ack
    std::uint16_t body_bytes = 0;
    std::uint8_t phase = 0;
    RowState state : 3 = RowState::intended;
    std::uint8_t has_body : 1 = 0;
    std::uint8_t retried : 1 = 0;
    std::uint8_t induced : 1 = 0;  ///< not of the plan's load: it is about another message
    std::uint8_t late : 1 = 0;     ///< acknowledged when the drain had its heads already

    [[nodiscard]] bool acked() const { return state == RowState::acked || state == RowState::acked_unknown; }
};
static_assert(sizeof(LedgerEntry) == 40);

class Ledger {
  public:
    static constexpr std::uint32_t nothing_unanswered = std::numeric_limits<std::uint32_t>::max();

    explicit Ledger(const Slice& slice)
        : first_stream_(slice.first_stream), sender_of_(slice.last_stream - slice.first_stream) {}

    LedgerRow add(StreamIndex stream, std::uint8_t phase, std::uint64_t intended_us);
    /// The same for a send that another message brought about.
    LedgerRow add_induced(StreamIndex stream, std::uint8_t phase, std::uint64_t intended_us,
                          const SendAbout& about);
    /// What the row is about; a message of its own: the default.
    [[nodiscard]] const SendAbout& about(LedgerRow row) const;
    [[nodiscard]] LedgerEntry& operator[](LedgerRow row) { return rows_[row]; }
    [[nodiscard]] const LedgerEntry& operator[](LedgerRow row) const { return rows_[row]; }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(rows_.size()); }

    /// Bytes may leave now under this number.
    void attempted(LedgerRow row, std::uint32_t number);
    /// The row has its answer.
    void answered(LedgerRow row);
    /// A row that was acked under a second q.
    void acked_again(LedgerRow row, std::uint32_t sequence) { second_acks_.push_back({row, sequence}); }

    /// The highest and the lowest number among the unanswered sends of a stream; 0 and nothing_unanswered
    /// when there are none.
    [[nodiscard]] std::uint32_t highest_unanswered(StreamIndex stream) const;
    [[nodiscard]] std::uint32_t lowest_unanswered(StreamIndex stream) const;

    struct SecondAck {
        using PlainBytes = void;
        LedgerRow row;
        std::uint32_t sequence;
    };
    [[nodiscard]] const std::vector<SecondAck>& second_acks() const { return second_acks_; }
    struct RowAbout {
        using PlainBytes = void;
        LedgerRow row;
        SendAbout about;
    };
    /// Of the induced rows, rising.
    [[nodiscard]] const std::vector<RowAbout>& abouts() const { return abouts_; }

    /// For another process (base/archive.hpp): what the judge reads.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.rows_, self.second_acks_, self.abouts_);
    }

  private:
    struct Sender {
        std::uint32_t intended = 0;  ///< the last k
        std::vector<LedgerRow> unanswered;
    };
    [[nodiscard]] const Sender* sender(StreamIndex stream) const;

    std::uint32_t first_stream_;
    std::deque<LedgerEntry> rows_;          // grows without copying
    std::vector<std::uint32_t> sender_of_;  ///< index + 1 in senders_; few streams ever send
    std::vector<Sender> senders_;
    std::vector<SecondAck> second_acks_;
    std::vector<RowAbout> abouts_;
};

}  // namespace hubbub
