// The wrongs of the owner side: what is appended, acknowledged, caught up and paged. Exists only under a
// sabotage plan. Owned by the Shard; its thread only. The acts are named as in docs/SABOTAGE.md.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "refserver/core/commits.hpp"
#include "refserver/core/context.hpp"
#include "refserver/core/conversation.hpp"
#include "refserver/core/saboteur.hpp"

namespace hubbub {

/// What is to be done with a message beside appending it.
struct AppendWrong {
    bool store = true;  ///< false: number and ack only
    bool again = false;
    std::optional<LogEntry> phantom;
};
/// What is to be done with a committed message beside publishing it.
struct PublishWrong {
    bool acknowledge = true;
    std::string hidden_user, hidden_device;
};

class OwnerSabotage {
  public:
    OwnerSabotage(ShardContext& context, Saboteur& saboteur) : context_(context), saboteur_(saboteur) {}

    // ---- who listens, to count receivers and to choose victims
    void attached(const ConversationId& conversation, const SessionRef& session, std::string_view user,
                  std::string_view device);
    void left(const ConversationId& conversation, const SessionRef& session);

    // ---- appending
    /// May alter `entry` and burn conversation.last.
    AppendWrong before_append(Conversation& conversation, LogEntry& entry);
    /// A send of swap_order that waits for its successor.
    struct HeldSend {
        Conversation* conversation = nullptr;
        Sender* sender = nullptr;
        WireNumber number = 0;
        std::string user, device, body;
        Time until{};
    };
    bool hold_back(const SendRequest& request, Conversation& conversation, Sender& sender);
    [[nodiscard]] const HeldSend* held(const Sender& sender) const;
    /// The successor has come: both are appended in the wrong order now.
    HeldSend swap(const HeldSend& held);
    /// A send whose successor did not come: nothing happened.
    std::optional<HeldSend> release_due(bool at_once);
    [[nodiscard]] Time next_deadline() const;

    // ---- publishing
    PublishWrong before_publish(const Conversation& conversation, const Uncommitted& entry,
                                std::string_view user, std::string_view device);

    // ---- reacting
    /// A reaction that would be news: acknowledge it, and do nothing else?
    bool lose_reaction(const ConversationId& conversation, std::string_view user, Sequence target);

    // ---- catching up
    [[nodiscard]] bool hidden(const ConversationId& conversation, std::string_view user,
                              std::string_view device, Sequence sequence) const;
    [[nodiscard]] Epoch told_epoch(const Conversation& conversation, std::string_view user,
                                   std::string_view device) const;
    /// A position that would be answered `ok`: answer it as if the epoch had changed?
    bool wrong_epoch(const Conversation& conversation, std::string_view user, std::string_view device);
    /// One of `candidates` (sequences that may be left out), or nothing.
    std::optional<Sequence> resume_skip(const Conversation& conversation, std::string_view user,
                                        std::string_view device, const std::vector<Sequence>& candidates);
    bool resume_repeat(const Conversation& conversation, std::string_view user, std::string_view device,
                       Sequence before_start);

    // ---- paging
    [[nodiscard]] bool left_out(const ConversationId& conversation, Sequence sequence) const;
    bool stale(const Conversation& conversation);

  private:
    struct Listening {
        SessionRef session;
        std::string user, device;
    };
    using DeviceName = std::pair<std::string, std::string>;
    struct Wronged {
        std::vector<Listening> listening;
        std::map<DeviceName, std::set<Sequence>> hidden;
        std::map<DeviceName, Epoch> epochs;
        std::set<Sequence> left_out;
        std::optional<bool> stale;
    };
    [[nodiscard]] const Wronged* find(const ConversationId& conversation) const;
    [[nodiscard]] std::uint32_t receivers(const ConversationId& conversation, std::string_view user,
                                          std::string_view device) const;
    /// Someone who listens and is not this device; with `other_user`, not this user either.
    const Listening* victim(SabotageKind kind, const ConversationId& conversation, std::string_view user,
                            std::string_view device, bool other_user);
    void tell_append(SabotageKind kind, const Conversation& conversation, const LogEntry& entry,
                     Sequence sequence);
    void tell_victim(SabotageKind kind, const Conversation& conversation, Sequence sequence,
                     std::string_view user, std::string_view device);
    bool wrong_sender(Conversation& conversation, LogEntry& entry);
    bool corrupt_body(Conversation& conversation, LogEntry& entry);

    ShardContext& context_;
    Saboteur& saboteur_;
    std::unordered_map<ConversationId, Wronged> wronged_;
    std::vector<HeldSend> held_;
};

}  // namespace hubbub
