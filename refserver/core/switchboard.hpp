// Takes requests and answers between session sides and owner sides: a direct call within the shard, a mail to
// another one. What was accepted is never lost: it waits here while another shard's queue is full.
// Owned by the Shard; its thread only.
#pragma once

#include <deque>
#include <vector>

#include "refserver/core/answers.hpp"
#include "refserver/core/context.hpp"

namespace hubbub {

class SessionSide;
class OwnerSide;
class DeviceRegistry;

class Switchboard {
  public:
    Switchboard(ShardContext& context, Mailroom& mailroom);
    void connect(SessionSide& sessions, OwnerSide& owner, DeviceRegistry& registry);

    // ---- requests of clients: false when the other shard's queue is full, so that the client hears it
    bool send(const SendRequest& request);
    bool request(ShardId to, ShardMail&& mail);

    // ---- what must arrive
    void post(ShardId to, ShardMail&& mail);
    void attached(Attached&& attached);
    void answer(Answer&& answer);
    void fan_out(ShardId to, const FanOut& entry);

    // ---- what may be lost: dropped, and counted, when the other shard's queue is full
    void whisper(ShardId to, const Whisper& whisper);

    /// A mail from another shard.
    void deliver(ShardMail&& mail);

    /// Mails that found a full queue, again.
    void turn();
    [[nodiscard]] Time next_deadline() const;
    /// Answers waiting for other shards; above limits::mailbox_mails_max the owner takes no new sends.
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

    [[nodiscard]] ShardId owner_of(const ConversationId& id) const {
        return Shard::owner_of(id, context_.options.shards);
    }
    [[nodiscard]] ShardId home_of(std::string_view name) const;

  private:
    bool try_post(ShardId to, ShardMail&& mail);

    ShardContext& context_;
    Mailroom& mailroom_;
    SessionSide* sessions_ = nullptr;
    OwnerSide* owner_ = nullptr;
    DeviceRegistry* registry_ = nullptr;
    std::vector<std::deque<ShardMail>> backlog_;  // by shard
    std::size_t waiting_ = 0;
};

}  // namespace hubbub
