// Judges one conversation out of all workers' evidence. Built, run and dropped by the judge, one conversation
// after the other; its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "loadgen/check/canon.hpp"
#include "loadgen/check/evidence_book.hpp"
#include "loadgen/check/judge.hpp"
#include "loadgen/check/row_index.hpp"
#include "loadgen/check/worker_evidence.hpp"

namespace hubbub {

/// A stream of this conversation that does not hold everything, or did not always.
struct OddStream {
    const WorkerEvidence* worker = nullptr;
    std::uint32_t stream = 0, device = 0;
    bool unreachable = false;
    const MemberTimes* times = nullptr;  ///< null: a member throughout
};

/// How often a user asked to leave, and to join again.
struct AskedOfUser {
    std::uint32_t user = 0;
    AskedChanges changes;
};

/// What one of the conversation's sends is about; others are messages of their own.
struct RelatedRow {
    std::uint32_t device = 0, k = 0;
    SendAbout about;
};

struct ConversationEvidence {
    const Plan* plan = nullptr;
    std::uint32_t conversation = 0;
    Seq32 base = 0;
    std::uint32_t online_members = 1;  ///< whose memberships end and begin again included
    Seq32 expected_head = 0;
    std::vector<const ConversationLog*> logs;
    std::vector<JudgedRow> rows;
    std::vector<OddStream> streams;
    std::vector<EpochFault> epoch_faults;
    /// Rows that were acked under a second q: (device, k, q).
    std::vector<Placed> second_acks;
    std::vector<RelatedRow> related_rows;
    std::vector<AskedOfUser> asked;  ///< of those that did
};

/// What became of one acknowledged message.
struct JudgedDelivery {
    const LedgerEntry* row = nullptr;
    std::uint32_t expected = 0, missing = 0;
    std::uint32_t missing_offline = 0;  ///< of these: receivers that were planned offline
    std::uint64_t first_us = Micros40::none, last_us = Micros40::none;  ///< arrivals, since the run's epoch
    /// Of those missing that were planned online, by cohort. Empty although some are: nobody knows who.
    std::vector<std::uint32_t> by_cohort = {};
};

void count_cohort(const Plan& plan, DeviceIndex device, std::vector<std::uint32_t>& by_cohort);

class ConversationJudge {
  public:
    struct Findings {
        Totals& totals;
        Violations& violations;
        EvidenceBook& evidence;
        std::function<void(const JudgedDelivery&)> delivery;
    };

    ConversationJudge(const ConversationEvidence& evidence, bool history_shown, Findings findings);
    void judge();

  private:
    struct Owed {
        std::uint32_t lost = 0, unverified = 0;
        std::uint32_t offline = 0;                  ///< of both: receivers that were planned offline
        std::vector<std::uint32_t> by_cohort = {};  ///< as in JudgedDelivery
    };

    void find_missing();
    /// Devices that are to have entry `q`, the sending one included.
    [[nodiscard]] std::uint32_t members_at(Seq32 q) const;
    /// What the receiver lacks of its part up to `upto`.
    static void for_each_missing(const OddStream& odd, Seq32 upto,
                                 const std::function<void(SeqRange)>& visit);
    void owe(Owed& owed, const OddStream& odd, const LedgerEntry& row) const;
    /// Acknowledged when the drain had its heads already: nobody waited for its deliveries.
    [[nodiscard]] bool late(const LedgerEntry& row) const;
    void judge_contents();
    void judge_content(Seq32 q, const CanonEntry& entry);
    void judge_changes();
    void judge_duplicates();
    void judge_rows();
    Owed judge_acked(const JudgedRow& row, std::optional<Seq32> place);
    Owed judge_by_content(const JudgedRow& row, std::optional<Seq32> place);
    [[nodiscard]] std::uint32_t unreachable_without(const JudgedRow& row, std::optional<Seq32> place) const;
    void judge_order();
    void judge_causality();
    void judge_relations();
    void judge_history();
    void judge_open_holes();
    void judge_resumes();

    [[nodiscard]] std::optional<Seq32> place_of(const JudgedRow& row) const;
    [[nodiscard]] bool stands_elsewhere(const JudgedRow& row, Seq32 q) const;
    [[nodiscard]] bool has_acked() const;
    void accuse(std::uint64_t Violations::*counter, std::string_view name, std::uint64_t count,
                RawEvidence evidence);
    [[nodiscard]] RawEvidence about(Seq32 q) const;
    [[nodiscard]] RawEvidence about(const JudgedRow& row, Seq32 q) const;

    const ConversationEvidence& evidence_;
    const bool history_shown_;
    Findings out_;
    RowIndex rows_;
    Canon canon_;
    bool audited_ = false;
    bool rewound_ = false;      ///< a reset moved a stream back: what it held is known by content only
    std::uint32_t comers_ = 0;  ///< receivers whose memberships end and begin again
    bool rewritten_ = false;    ///< something was lost or rewritten: an epoch may change
    std::vector<Owed> owed_;    ///< by q - base - 1
    std::map<Seq32, SendAbout> related_;  ///< by q, as the canon shows it
};

}  // namespace hubbub
