// What one shard has counted, for metrics, tests and benchmarks. Written by the shard's thread alone, read
// by any: relaxed atomics without read-modify-write, so that counting costs a plain add.
#pragma once

#include <array>
#include <cstdint>

#include "base/counter.hpp"
#include "base/latency_bounds.hpp"
#include "protocol/error_code.hpp"
#include "refserver/core/authenticator.hpp"

namespace hubbub {

struct ShardCounters {
    // ---- now
    RelaxedCounter connections;       ///< open links
    RelaxedCounter sessions;          ///< of them, with an accepted hello
    RelaxedCounter subscriptions;     ///< (session, conversation) pairs that get live entries
    RelaxedCounter conversations;     ///< held in memory by their owner
    RelaxedCounter uncommitted;       ///< entries handed to the store and not yet reported
    RelaxedCounter recent_bytes;      ///< frames kept for resumes
    RelaxedCounter presence_watches;  ///< (session, user) pairs that are told of changes
    RelaxedCounter slow_readers;      ///< connections whose frames wait in front of their outbox
    RelaxedCounter read_only;         ///< 1 after a failed commit: no more writes until a restart

    // ---- totals
    RelaxedCounter accepted;           ///< links
    RelaxedCounter messages_received;  ///< from clients, of every kind
    RelaxedCounter sends;              ///< of them, sends that took a new sequence number
    RelaxedCounter resends;            ///< of them, sends whose number was known
    RelaxedCounter stored_again;       ///< of them, sends that were stored a second time: at least once
    RelaxedCounter acks;               ///< queued to senders
    RelaxedCounter entries;            ///< committed, of every kind
    RelaxedCounter deliveries;         ///< entry frames queued to recipients by fan-out
    RelaxedCounter resumes;            ///< positions answered
    RelaxedCounter catch_up_entries;   ///< entry frames queued by resumes
    RelaxedCounter gone_entries;       ///< entries that a resume left out for good: at most once
    RelaxedCounter history_pages;      ///< answered
    RelaxedCounter created;            ///< conversations
    RelaxedCounter added;              ///< `joined` entries after the first
    RelaxedCounter left;               ///< members who left or were put out
    RelaxedCounter introduced;         ///< sessions told of a conversation they did not ask for
    RelaxedCounter lists;              ///< of conversations, members, sessions
    RelaxedCounter revoked;            ///< sessions ended by their user
    RelaxedCounter bytes_received;     ///< WebSocket bytes in
    RelaxedCounter bytes_queued;       ///< WebSocket bytes handed to links
    RelaxedCounter outbox_overflows;   ///< slow readers cut
    RelaxedCounter silent;             ///< connections given up for silence
    RelaxedCounter replaced;           ///< sessions ended by a newer one of their device
    RelaxedCounter presence_changes;   ///< of users, told to watchers
    RelaxedCounter presence_notices;   ///< queued to watchers, first answers included
    RelaxedCounter presence_away;      ///< devices that missed two beats
    RelaxedCounter fanout_slices;      ///< steps of fan-outs, each in one turn
    RelaxedCounter fanout_slice_max;   ///< recipients of the largest step
    RelaxedCounter fanout_turn_max;    ///< recipients of the largest turn
    RelaxedCounter commit_batches;     ///< handed to the store
    RelaxedCounter mailbox_rejects;    ///< mails that found another shard's queue full
    RelaxedCounter receipts;           ///< watermarks that rose
    RelaxedCounter receipts_ignored;   ///< of strangers, or while nothing can be stored
    RelaxedCounter receipt_notices;    ///< frames made, of counts too
    RelaxedCounter typing_notices;     ///< frames made
    RelaxedCounter typing_ignored;     ///< of strangers, too often, or where there is no typing
    RelaxedCounter reactions;          ///< set or taken back
    RelaxedCounter reaction_notices;   ///< frames made, of counts too
    RelaxedCounter whispers;           ///< frames beside the log queued to recipients
    RelaxedCounter whispers_dropped;   ///< of them not: a full queue or a slow reader
    RelaxedCounter store_failures;     ///< reads or writes that failed
    RelaxedCounter tokens_renewed;     ///< on live connections
    RelaxedCounter sessions_revoked;   ///< ended by a revocation
    LengthCounters commits;  ///< an entry's way through the store: its turn to the turn that heard of it
    // For slow readers (slow_readers.hpp):
    RelaxedCounter slow_reader_times;     ///< that a connection became one
    RelaxedCounter slow_dropped_entries;  ///< announced by `skipped`
    RelaxedCounter slow_dropped_notices;  ///< typing and presence
    RelaxedCounter slow_dropped_states;   ///< receipts and reactions
    RelaxedCounter slow_conflated;        ///< notices and states that a newer one took the place of
    RelaxedCounter skipped_notices;       ///< `skipped` frames
    std::array<RelaxedCounter, token_fault_names.size()> auths;  ///< checked tokens, by TokenFault
    std::array<RelaxedCounter, error_table.size()> rejects;      ///< by ErrorCode

    void auth(TokenFault fault) { auths[static_cast<std::size_t>(fault)].add(); }
    void reject(ErrorCode code) { rejects[static_cast<std::size_t>(code)].add(); }
    [[nodiscard]] std::uint64_t rejected(ErrorCode code) const {
        return rejects[static_cast<std::size_t>(code)].get();
    }
};

/// One row of the table that metrics and reports are made from.
struct CounterRow {
    const char* name;  ///< of the metric, without prefix and `_total` (docs/METRICS.md)
    const char* help;
    bool gauge;  ///< a level now; otherwise a total (except *_max, which are highest levels)
    RelaxedCounter ShardCounters::*counter;
};

inline constexpr std::array counter_rows = {
    CounterRow{"connections", "Open links", true, &ShardCounters::connections},
    CounterRow{"sessions", "Sessions with an accepted hello", true, &ShardCounters::sessions},
    CounterRow{"subscriptions", "Sessions times live conversations", true, &ShardCounters::subscriptions},
    CounterRow{"conversations", "Conversations in memory", true, &ShardCounters::conversations},
    CounterRow{"uncommitted", "Entries that wait for the store", true, &ShardCounters::uncommitted},
    CounterRow{"recent_bytes", "Bytes of frames kept for resumes", true, &ShardCounters::recent_bytes},
    CounterRow{"presence_watches", "Sessions times users whose presence they watch", true,
               &ShardCounters::presence_watches},
    CounterRow{"slow_readers", "Connections that are told less than there is, or later", true,
               &ShardCounters::slow_readers},
    CounterRow{"read_only", "1 after a failed commit, until a restart", true, &ShardCounters::read_only},
    CounterRow{"connections_accepted", "Links accepted", false, &ShardCounters::accepted},
    CounterRow{"messages_received", "Messages from clients", false, &ShardCounters::messages_received},
    CounterRow{"sends", "Sends that took a sequence number", false, &ShardCounters::sends},
    CounterRow{"resends", "Sends whose number was known", false, &ShardCounters::resends},
    CounterRow{"stored_again", "Repeated sends stored as further messages (delivery at_least_once)", false,
               &ShardCounters::stored_again},
    CounterRow{"acks", "Acknowledgements queued", false, &ShardCounters::acks},
    CounterRow{"entries", "Log entries committed", false, &ShardCounters::entries},
    CounterRow{"deliveries", "Entry frames queued to recipients", false, &ShardCounters::deliveries},
    CounterRow{"resumes", "Resume positions answered", false, &ShardCounters::resumes},
    CounterRow{"catch_up_entries", "Entries queued by resumes", false, &ShardCounters::catch_up_entries},
    CounterRow{"gone_entries", "Entries that resumes left out for good (delivery at_most_once)", false,
               &ShardCounters::gone_entries},
    CounterRow{"history_pages", "History pages answered", false, &ShardCounters::history_pages},
    CounterRow{"conversations_created", "Conversations created", false, &ShardCounters::created},
    CounterRow{"members_added", "Joins after creation", false, &ShardCounters::added},
    CounterRow{"receipts", "Watermarks that rose", false, &ShardCounters::receipts},
    CounterRow{"receipts_ignored", "Receipts of strangers", false, &ShardCounters::receipts_ignored},
    CounterRow{"receipt_notices", "Receipt frames made", false, &ShardCounters::receipt_notices},
    CounterRow{"typing_notices", "Typing frames made", false, &ShardCounters::typing_notices},
    CounterRow{"typing_ignored", "Typing of strangers, too often, or in large conversations", false,
               &ShardCounters::typing_ignored},
    CounterRow{"reactions", "Reactions set or taken back", false, &ShardCounters::reactions},
    CounterRow{"reaction_notices", "Reaction frames made", false, &ShardCounters::reaction_notices},
    CounterRow{"whispers", "Frames beside the log queued to recipients", false, &ShardCounters::whispers},
    CounterRow{"whispers_dropped", "Frames beside the log that were dropped", false,
               &ShardCounters::whispers_dropped},
    CounterRow{"members_left", "Members who left or were put out", false, &ShardCounters::left},
    CounterRow{"sessions_introduced", "Sessions told of a new conversation", false,
               &ShardCounters::introduced},
    CounterRow{"lists_answered", "Lists answered", false, &ShardCounters::lists},
    CounterRow{"sessions_ended", "Sessions ended by their user", false, &ShardCounters::revoked},
    CounterRow{"received_bytes", "WebSocket bytes received", false, &ShardCounters::bytes_received},
    CounterRow{"queued_bytes", "WebSocket bytes handed to links", false, &ShardCounters::bytes_queued},
    CounterRow{"outbox_overflows", "Slow readers cut", false, &ShardCounters::outbox_overflows},
    CounterRow{"slow_reader_times", "Times that a connection became a slow reader", false,
               &ShardCounters::slow_reader_times},
    CounterRow{"slow_dropped_entries", "Entries that slow readers were not sent, announced by skipped", false,
               &ShardCounters::slow_dropped_entries},
    CounterRow{"slow_dropped_notices", "Typing and presence that slow readers were not told", false,
               &ShardCounters::slow_dropped_notices},
    CounterRow{"slow_dropped_states", "Receipts and reactions that slow readers were not told", false,
               &ShardCounters::slow_dropped_states},
    CounterRow{"slow_conflated", "Notices to slow readers that a newer one took the place of", false,
               &ShardCounters::slow_conflated},
    CounterRow{"skipped_notices", "Announcements of entries that were not sent", false,
               &ShardCounters::skipped_notices},
    CounterRow{"connections_silent", "Connections given up for silence", false, &ShardCounters::silent},
    CounterRow{"sessions_replaced", "Sessions replaced by a newer one", false, &ShardCounters::replaced},
    CounterRow{"presence_changes", "Changes of presence told", false, &ShardCounters::presence_changes},
    CounterRow{"presence_notices", "Presence notices queued", false, &ShardCounters::presence_notices},
    CounterRow{"presence_away", "Devices that missed two beats", false, &ShardCounters::presence_away},
    CounterRow{"fanout_slices", "Steps of fan-outs", false, &ShardCounters::fanout_slices},
    CounterRow{"fanout_slice_max", "Recipients of the largest step", true, &ShardCounters::fanout_slice_max},
    CounterRow{"fanout_turn_max", "Recipients of the largest turn", true, &ShardCounters::fanout_turn_max},
    CounterRow{"commit_batches", "Batches handed to the store", false, &ShardCounters::commit_batches},
    CounterRow{"mailbox_rejects", "Mails refused by a full queue", false, &ShardCounters::mailbox_rejects},
    CounterRow{"tokens_renewed", "Tokens taken on live connections", false, &ShardCounters::tokens_renewed},
    CounterRow{"sessions_revoked", "Sessions ended by a revocation", false, &ShardCounters::sessions_revoked},
    CounterRow{"store_failures", "Failed reads and writes", false, &ShardCounters::store_failures},
};

}  // namespace hubbub
