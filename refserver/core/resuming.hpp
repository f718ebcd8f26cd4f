// The session's half of a resume: asks each owner shard a few positions at a time, hands on what they answer,
// and makes the conversations live. Owned by the session side; its thread only.
#pragma once

#include <deque>

#include "refserver/core/connection.hpp"
#include "refserver/core/switchboard.hpp"
#include "refserver/core/topics.hpp"

namespace hubbub {

/// Pulls: while the client's outbox is filling up, nothing more is asked, so that a resume of any size needs
/// bounded memory and cannot cut a client that reads.
class Resuming {
  public:
    Resuming(ShardContext& context, Connections& connections, Topics& topics, Switchboard& switchboard);

    /// A resume frame of the client.
    void start(Connection& connection, const Resume& resume);
    /// The user is in since entry `joined`: attaches the session as if it had asked.
    void introduce(Connection& connection, const ConversationId& conversation, Sequence joined);
    /// An owner's answer. Its session may be gone: then the owner is told that nobody listens.
    void attached(Attached&& attached);
    /// Goes on with sessions that waited for room in their outbox or in another shard's queue.
    void turn();
    [[nodiscard]] Time next_deadline() const;
    /// Whether a catch-up under way will bring this entry, and with it its ack.
    [[nodiscard]] bool covers(const Session& session, const ConversationId& conversation,
                              Sequence sequence) const;

  private:
    void ask(Connection& connection);
    bool ask_owner(Connection& connection, ShardId owner, OwnerQuestions& questions);
    [[nodiscard]] bool has_room(const Connection& connection) const;
    void stall(Connection& connection);
    void make_live(Connection& connection, const AttachAnswer& answer);
    std::vector<ResumedPosition> note_answers(Connection& connection, Attached& attached);
    [[nodiscard]] bool needless(const Connection& connection, const AttachAnswer& answer) const;
    Resumption& resumption_of(Connection& connection);
    std::vector<ResumedPosition> note_complete(Connection& connection, Attached& attached);
    void send_resumed(Connection& connection, const std::vector<ResumedPosition>& positions,
                      std::uint32_t pending);
    void abandon(const Attached& attached);

    ShardContext& context_;
    Connections& connections_;
    Topics& topics_;
    Switchboard& switchboard_;
    std::deque<LinkId> stalled_;
};

}  // namespace hubbub
