// Judges what was said beside the log: typing of users who never typed, reactions that are missing or that
// nobody made. Used by the judge, once; its thread.
#pragma once

#include <span>

#include "loadgen/check/conversation_judge.hpp"

namespace hubbub {

/// Adds to totals, violations and evidence.
void judge_talk(std::span<const WorkerEvidence* const> workers, ConversationJudge::Findings findings);

}  // namespace hubbub
