// The server's deliberate wrongs: seeded, at known rates, each told to the ground truth before it is done.
// They prove the checker. docs/SABOTAGE.md says which counters each kind must move. Owned by a shard; its
// thread only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

enum class SabotageKind : std::uint8_t {
    lose_after_ack,        ///< acked under q, never stored, never delivered to anyone
    lose_for_one,          ///< one device never gets (c, q): not live, not by resume, not by history
    drop_live,             ///< one device's live push skipped; resume and history have it
    duplicate_entry,       ///< the same message appended again under a new q
    duplicate_raw,         ///< the same (c, q) pushed twice to one device
    swap_delivery,         ///< two neighbouring entries pushed in swapped order to one device
    swap_order,            ///< two sends of one device get sequence numbers in the wrong order
    wrong_sender,          ///< stored and delivered under another member's name
    corrupt_body,          ///< body altered before it is stored
    disagree,              ///< one device gets, under q, the content of the entry before it
    misdeliver,            ///< pushed to a connected device of a non-member
    phantom,               ///< an invented message in a member's name
    burn_sequence,         ///< a sequence number is skipped
    lose_ack,              ///< harmless: the acknowledgement is not sent; the client's resend gets it
    late_delivery,         ///< harmless: everyone's push is held back for a moment
    stale_history,         ///< history pages of this conversation end one entry early
    history_skip,          ///< history pages leave out one entry
    resume_skip,           ///< a catch-up leaves out one entry
    resume_repeat,         ///< a catch-up repeats one entry below its announced start
    wrong_epoch,           ///< a resume is answered with another epoch although nothing was lost
    deliver_after_leave,   ///< a device whose user left gets the next message all the same
    typing_leak,           ///< a connected device of a non-member is told who types
    receipt_backwards,     ///< one device hears a lower watermark behind the right one
    receipt_too_high,      ///< one device hears a watermark that its user never said
    presence_to_stranger,  ///< somebody who does not watch a user is told how it stands
    false_offline,         ///< a watcher is told that a user who is there is offline
    late_presence,         ///< a watcher is told much too late that a user came online
    reaction_lost,         ///< a reaction is acknowledged, not stored and told to nobody
    reaction_invented,     ///< one device hears of a reaction, or of a count, that nobody made
};
inline constexpr std::size_t sabotage_kinds = 29;

std::string_view name(SabotageKind kind);  // as above, with underscores
std::optional<SabotageKind> sabotage_kind_from(std::string_view name);
bool harmless(SabotageKind kind);

/// One wrong, as told to the truth. Fields that do not apply are empty.
struct SabotageRecord {
    SabotageKind kind{};
    ConversationId conversation;
    Sequence sequence = 0;
    std::string user, device;  ///< the sender of the message
    WireNumber number = 0;
    std::string victim_user, victim_device;  ///< the one receiver, where there is one
    std::uint32_t receivers = 0;  ///< devices subscribed at that moment, the sending device excluded
};

/// Where the truth goes: a file flushed before the act (live), a vector (simulator). Thread-safe: shards
/// share it.
class SabotageTruth {
  public:
    virtual ~SabotageTruth() = default;
    virtual void about_to(const SabotageRecord& record) = 0;
};

class NoSabotage final : public SabotageTruth {
  public:
    void about_to(const SabotageRecord&) override {}
};

/// Which wrongs, how often: the share of eligible messages (or resumes, or pages), and at most `most` in all
/// per shard.
struct SabotagePlan {
    struct Item {
        SabotageKind kind{};
        double rate = 0;
        std::uint32_t most = UINT32_MAX;
    };
    std::vector<Item> items;
    std::uint64_t seed = 0;
};

/// "drop_live:0.01,phantom:0.001x3" -> plan; an error names the unknown kind and the nearest known one.
struct SabotageParse {
    SabotagePlan plan;
    std::string error;
};
SabotageParse parse_sabotage(std::string_view text, std::uint64_t seed);

}  // namespace hubbub
