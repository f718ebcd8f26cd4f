// Takes all workers' evidence apart by conversation, and hands out one conversation after the other.
// Owned by the judge; its thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "loadgen/check/conversation_judge.hpp"

namespace hubbub {

class ConversationSorter {
  public:
    ConversationSorter(const Plan& plan, std::span<const WorkerEvidence* const> workers);
    /// The next conversation in which anything happened; nothing after the last.
    [[nodiscard]] std::optional<ConversationEvidence> next();

  private:
    template <class T>
    struct OfConversation {
        std::uint32_t conversation;
        T what;
    };
    void gather_rows();
    void gather_streams();
    [[nodiscard]] std::vector<bool> rewound_conversations() const;

    const Plan& plan_;
    std::span<const WorkerEvidence* const> workers_;
    std::uint32_t next_ = 0;
    std::vector<std::uint32_t> rows_begin_;  ///< by conversation, one more at the end
    std::vector<JudgedRow> rows_;
    std::vector<Seq32> top_;  ///< by conversation: highest number acked or seen
    // The rare ones, each sorted by conversation.
    std::vector<OfConversation<OddStream>> streams_;
    std::vector<OfConversation<EpochFault>> faults_;
    std::vector<OfConversation<Placed>> second_acks_;
    std::vector<OfConversation<RelatedRow>> related_;
    std::vector<OfConversation<AskedOfUser>> asked_;
};

}  // namespace hubbub
