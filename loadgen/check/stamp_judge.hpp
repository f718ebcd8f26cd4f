// Judges all conversations of a backend without sequence numbers: what was lost or invented, by stamps.
// Built, run and dropped by the judge; its thread.
#pragma once

#include <span>

#include "loadgen/check/conversation_judge.hpp"
#include "loadgen/check/stamp_book.hpp"

namespace hubbub {

class StampJudge {
  public:
    StampJudge(const Plan& plan, std::span<const WorkerEvidence* const> workers,
               ConversationJudge::Findings findings)
        : plan_(plan), workers_(workers), out_(std::move(findings)) {}
    void judge();

  private:
    void judge_row(const LedgerEntry& row);
    /// What the receivers of one worker lack of an acknowledged message.
    void judge_missing(const WorkerEvidence& worker, const LedgerEntry& row, const MessageName& name,
                       JudgedDelivery& delivery);
    void judge_invented();
    void judge_odd_contents();

    const Plan& plan_;
    std::span<const WorkerEvidence* const> workers_;
    ConversationJudge::Findings out_;
    std::set<MessageName> sent_;  ///< what may be there
};

}  // namespace hubbub
