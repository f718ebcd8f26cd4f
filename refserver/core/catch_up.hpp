// What the owner tells those who were away: answers to resume positions, and history pages. Only committed
// entries are ever shown. Owned by the owner side; its thread only.
#pragma once

#include "refserver/core/conversations.hpp"
#include "refserver/core/directory.hpp"
#include "refserver/core/owner_sabotage.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

class CatchUp {
  public:
    CatchUp(ShardContext& context, Switchboard& switchboard, Conversations& conversations,
            OwnerSabotage* wrongs);

    void attach(const AttachMail& mail);
    void detach(const DetachMail& mail);
    void history(const HistoryMail& mail);
    void members(const MembersMail& mail);

  private:
    struct Asker {
        SessionRef session;
        std::string_view user, device;
    };
    AttachAnswer answer(const AttachQuestion& question, const Asker& asker, std::size_t& bytes_left);
    [[nodiscard]] bool leaves_out(const AttachQuestion& question, Sequence joined,
                                  const ResumedPosition& answer) const;
    /// A former member gets what was its own and it does not have yet: up to its `left` entry.
    void finish(const AttachQuestion& question, const Asker& asker, std::size_t& bytes_left,
                AttachAnswer& out);
    void answer_complete(const AttachMail& mail, Attached& attached, std::size_t& bytes_left);
    Result<Position> cursor_of(const Asker& asker, const Conversation& conversation, Sequence joined);
    Status collect(const Conversation& conversation, Sequence from, Sequence announced, const Asker& asker,
                   std::size_t& bytes_left, AttachAnswer& answer);
    void listen(Conversation& conversation, const Asker& asker, AttachAnswer& answer);
    /// Null: absent or not a member, which look the same; `joined` otherwise. A `left` entry that waits for
    /// its commit does not count yet.
    Conversation* visible(const ConversationId& id, std::string_view user, Sequence& joined);
    Result<HistoryPage> page(const HistoryMail& mail, const Conversation& conversation, Sequence joined,
                             std::vector<LogEntry>& scratch);
    void failed(const Error& error);
    // ---- sabotage
    void start_wrongly(const Conversation& conversation, const Asker& asker, Sequence joined,
                       AttachAnswer& answer);
    void follow_wrongly(const Conversation& conversation, const Asker& asker, Sequence joined,
                        AttachAnswer& answer);
    [[nodiscard]] bool others_message(const SharedBytes& frame, const Asker& asker, Sequence& sequence);
    [[nodiscard]] Epoch epoch_for(const Conversation& conversation, std::string_view user,
                                  std::string_view device) const;

    ShardContext& context_;
    Switchboard& switchboard_;
    Conversations& conversations_;
    OwnerSabotage* wrongs_;  // null: honest
    Directory directory_;
    Ticket next_ticket_ = 1;
};

}  // namespace hubbub
