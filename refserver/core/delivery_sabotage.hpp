// The wrongs of live delivery: what one device gets otherwise than the others. Exists only under a sabotage
// plan. Owned by the Shard; its thread only. The acts are named as in docs/SABOTAGE.md.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "refserver/core/connection.hpp"
#include "refserver/core/saboteur.hpp"
#include "refserver/core/topics.hpp"

namespace hubbub {

class DeliverySabotage {
  public:
    DeliverySabotage(ShardContext& context, Saboteur& saboteur, Connections& connections, Topics& topics)
        : context_(context), saboteur_(saboteur), connections_(connections), topics_(topics) {}

    /// A message that is about to wait for its sweep: chooses what will be done with it. `true`: it is held
    /// back for everyone (late_delivery) from now on.
    bool arrived(std::uint32_t topic, const FanOut& message, const PendingEntry& entry);
    [[nodiscard]] bool held_back(const ConversationId& conversation) const;
    /// Conversations whose time has come.
    std::vector<ConversationId> release_due();
    [[nodiscard]] Time next_deadline() const;

    /// Instead of the plain push of one entry to one subscriber; `frame` is what it would get (its ack, too).
    void push(const ConversationId& conversation, Connection& connection, const PendingEntry& entry,
              const SharedBytes& frame);
    /// Pushes that waited for a successor which did not come: late, but in order.
    void push_overdue();

    /// A session whose user left has had its last entry.
    void departed(const ConversationId& conversation, LinkId link);

  private:
    /// A wrong towards one device, decided when the entry arrived, done when it is pushed.
    struct Chosen {
        SabotageKind kind{};
        ConversationId conversation;
        Sequence sequence = 0;
        LinkId link;
        std::string user, device;  ///< the sender
        SharedBytes instead;       ///< disagree: the frame of the message before, under this number
    };
    /// swap_delivery: waits for the next entry of the conversation to the same device.
    struct Stashed {
        Chosen what;
        SharedBytes frame;
        Time until{};
    };
    struct Late {
        ConversationId conversation;
        Time until{};
    };
    /// deliver_after_leave: waits for the next message of the conversation.
    struct Departed {
        ConversationId conversation;
        LinkId link;
    };
    void deliver_after_leave(const FanOut& message, const PendingEntry& entry);
    [[nodiscard]] bool outside(const Connection& connection, const Departed& one) const;
    void misdeliver(const FanOut& message, const PendingEntry& entry);
    void choose(std::uint32_t topic, const FanOut& message, const PendingEntry& entry);
    bool busy(std::uint32_t topic, const ConversationId& conversation);
    [[nodiscard]] std::optional<LinkId> victim(SabotageKind kind, std::uint32_t topic,
                                               const PendingEntry& entry);
    SharedBytes disagreeing(const ConversationId& conversation, Sequence sequence, LinkId victim);
    void tell(SabotageKind kind, const Chosen& what, const Connection& victim);
    std::optional<Chosen> take_chosen(const ConversationId& conversation, Sequence sequence, LinkId link);
    void push_stashed(const ConversationId& conversation, Connection& connection);

    ShardContext& context_;
    Saboteur& saboteur_;
    Connections& connections_;
    Topics& topics_;
    std::vector<Chosen> chosen_;
    std::vector<Stashed> stashed_;
    std::vector<Late> late_;
    std::vector<Departed> departed_;
    std::unordered_map<ConversationId, SharedBytes> previous_;  // the last message of each conversation
};

}  // namespace hubbub
