// Everything one worker's checker gathers and the judge reads: the two share this, and nobody else sees it.
// Written by the checker on its thread; read by the judge after the run.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "loadgen/check/checker.hpp"
#include "loadgen/check/conversation_log.hpp"
#include "loadgen/check/evidence_book.hpp"
#include "loadgen/check/latency_book.hpp"
#include "loadgen/check/ledger.hpp"
#include "loadgen/check/member_times.hpp"
#include "loadgen/check/presence_book.hpp"
#include "loadgen/check/receipt_book.hpp"
#include "loadgen/check/stamp_book.hpp"
#include "loadgen/check/stream_table.hpp"

namespace hubbub {

/// The server answered a resume with `reset`, another epoch or a head below what the device had. Accused
/// only if nothing was lost or rewritten in the conversation.
struct EpochFault {
    using PlainBytes = void;
    std::uint32_t conversation = 0, receiver = 0;
    Seq32 asked = 0;
    std::uint64_t at_us = 0;
};

/// How often an own user asked to leave a conversation, and to join it again: as often the log may show it.
struct AskedChanges {
    using PlainBytes = void;
    std::uint32_t joins = 0, leaves = 0;
};

struct ConversationState {
    using PlainBytes = void;
    Seq32 base = 0;
    Epoch epoch = 0;
    std::uint32_t log = 0;  ///< index + 1 in logs; 0: no traffic seen
};

struct WorkerEvidence {
    WorkerEvidence(const Plan& plan_, Slice slice_, RunKey key_, BackendAbilities abilities_)
        : plan(plan_),
          slice(slice_),
          key(key_),
          abilities(abilities_),
          ledger(slice_),
          streams(slice_.last_stream - slice_.first_stream),
          conversations(plan_.conversations.size()),
          latency(*plan_.scenario),
          presence(plan_, slice_, key_.epoch),
          acked_heads(plan_.conversations.size()),
          phase_starts(plan_.scenario->phases.size()) {
        if (!abilities.sequence) stamps.emplace(plan, slice);
        if (abilities.receipts && somebody_reads(plan))
            receipts.emplace(
                plan, slice, key,
                ReceiptBook::Findings{live, latency, evidence, [this](DeviceIndex device, std::uint64_t at) {
                                          return planned_back(device, latency.phase_at(at), at).has_value();
                                      }});
    }

    const Plan& plan;
    const Slice slice;
    const RunKey key;
    const BackendAbilities abilities;

    Ledger ledger;
    StreamTable streams;                                ///< index: stream - slice.first_stream
    std::map<std::uint32_t, MemberTimes> member_times;  ///< by stream; of memberships that end
    std::map<TalkPlace, AskedChanges> asked_changes;
    std::vector<ConversationState> conversations;
    std::deque<ConversationLog> logs;  ///< of conversations with traffic
    std::optional<StampBook> stamps;   ///< where entries have no numbers; then streams and logs stay empty
    LatencyBook latency;
    TalkBook talk;
    PresenceBook presence;
    EvidenceBook evidence;
    Checker::Live live;
    std::optional<ReceiptBook> receipts;  ///< where somebody reads and the backend tells it
    std::vector<EpochFault> epoch_faults;
    std::vector<std::uint32_t> unreachable;  ///< devices
    std::vector<Sequence> acked_heads;
    std::vector<Sequence> expected_heads;                    ///< empty before the drain
    std::uint64_t implausible = 0;                           ///< sequence numbers too far away to be kept
    std::vector<std::optional<std::uint64_t>> phase_starts;  ///< us since the run's epoch; by phase

    /// When a device that is planned offline at the intended time of a message is planned back, in us since
    /// the run's epoch; nothing for one that is planned online then.
    [[nodiscard]] std::optional<std::uint64_t> planned_back(DeviceIndex device, std::size_t phase,
                                                            std::uint64_t intended_us) const;

    /// Null: the receiver is a member throughout.
    [[nodiscard]] const MemberTimes* times_of(StreamIndex stream) const {
        if (member_times.empty()) return nullptr;
        const auto found = member_times.find(stream.value);
        return found == member_times.end() ? nullptr : &found->second;
    }

    /// For another process (base/archive.hpp): all that the judge reads. Whoever reads it makes it of the
    /// same plan, slice, key and abilities, so both have the same optional books.
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.ledger, self.streams, self.member_times, self.asked_changes, self.conversations,
                self.logs, self.latency, self.talk, self.presence, self.evidence, self.live,
                self.epoch_faults, self.unreachable, self.acked_heads, self.expected_heads, self.implausible,
                self.phase_starts);
        if (self.stamps) archive(*self.stamps);
        if (self.receipts) archive(*self.receipts);
    }

    [[nodiscard]] std::size_t slot(StreamIndex stream) const { return stream.value - slice.first_stream; }
    [[nodiscard]] const ConversationLog* log_of(std::uint32_t conversation) const {
        const std::uint32_t index = conversations[conversation].log;
        return index == 0 ? nullptr : &logs[index - 1];
    }
};

}  // namespace hubbub
