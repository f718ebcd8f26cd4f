// Judges what was told of receipts against what all workers' users said. Built, run and dropped by the judge;
// its thread.
#pragma once

#include <span>
#include <vector>

#include "loadgen/check/conversation_judge.hpp"
#include "loadgen/check/worker_evidence.hpp"

namespace hubbub {

class ReceiptJudge {
  public:
    ReceiptJudge(const Plan& plan, std::span<const WorkerEvidence* const> workers,
                 ConversationJudge::Findings findings)
        : plan_(plan), workers_(workers), out_(std::move(findings)) {}
    void judge();
    /// Whether in some conversation not all receivers kept what they were told.
    [[nodiscard]] bool sampled() const;

  private:
    /// The highest that the user's devices ever said, wherever they are; 0 for those who are never online.
    [[nodiscard]] ReadMarks said_by(UserIndex user, ConversationIndex conversation) const;
    void judge_told(const ReceiptBook::Told& told);
    void judge_counts(const WorkerEvidence& worker);
    void judge_counted(const ReceiptBook::Counted& counted);
    void judge_lists();
    void accuse(const RawEvidence& raw);

    const Plan& plan_;
    std::span<const WorkerEvidence* const> workers_;
    ConversationJudge::Findings out_;
};

}  // namespace hubbub
