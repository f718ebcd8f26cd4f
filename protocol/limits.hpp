// Every bound of the protocol and of both ends, in one place, each with its reason.
// Constants; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hubbub::limits {

using namespace std::chrono_literals;

// ---- frames
/// One WebSocket message from a client. 64 KiB holds a 16 KiB body with every character escaped, and a resume
/// of 1,000 positions.
inline constexpr std::size_t client_message_bytes_max = 64 * 1024;
/// One WebSocket message from the server: a history page fits with room to spare; a client may refuse more.
inline constexpr std::size_t server_message_bytes_max = 256 * 1024;
/// Fragments of one message: enough for any honest sender, few enough that empty fragments cannot hold a
/// connection busy.
inline constexpr std::size_t fragments_max = 64;
/// A message body in bytes of UTF-8. Chat texts; attachments go elsewhere by reference.
inline constexpr std::size_t body_bytes_max = 16 * 1024;
/// User and device names. They stand in every delivered frame, so they must stay short.
inline constexpr std::size_t name_bytes_max = 64;
/// One reaction: an emoji with its modifiers, or a short word; and the 48 characters of a stamp.
inline constexpr std::size_t reaction_bytes_max = 64;
/// Users named in one watch frame.
inline constexpr std::size_t watched_per_frame_max = 1'000;
/// Users one session may watch: a long list of contacts.
inline constexpr std::size_t watched_per_session_max = 2'000;
/// Sessions that may watch one user: each change of it is told to all of them.
inline constexpr std::size_t watchers_per_user_max = 10'000;
/// Watch frames of one session that wait for their homes' answers.
inline constexpr std::size_t watches_under_way_max = 16;
/// How long a farewell is kept back, so that who comes back at once never left; and the time between two
/// changes of one user that are told. A part of the 2 s that the promise of 12 s leaves above two beats.
inline constexpr Duration presence_debounce = 1s;
/// Last seen is written at the latest so long after it was noted, many users in one batch.
inline constexpr Duration presence_save_delay = 1s;
/// After a record was handed to the store: time for its commit, until when memory answers.
inline constexpr Duration presence_keep = 10s;
/// What a crash may forget of the last seen of a user that shows signs of change (a hello, a return, an end).
inline constexpr Duration last_seen_loss_max = 300s;
/// Contacts of one user, and users it blocks: their list must fit into one message from the server.
inline constexpr std::size_t contacts_max = 1'500;
/// Idempotency keys of create.
inline constexpr std::size_t key_bytes_max = 128;
/// Nested JSON arrays and objects; the protocol's own shapes need 4, unknown fields may have some more.
inline constexpr std::size_t json_depth_max = 16;
/// The HTTP request head of an upgrade: what common servers allow.
inline constexpr std::size_t http_head_bytes_max = 8 * 1024;

// ---- sessions
/// Sends of one (device, conversation) without an answer yet. Below the 64 numbers that the server remembers,
/// so that a resend always finds its answer.
inline constexpr std::size_t in_flight_max = 16;
/// Original sequence numbers remembered a (device, conversation): 4 x in_flight_max leaves room for a client
/// that lost several acknowledgements.
inline constexpr std::size_t remembered_numbers = 64;
/// Positions in one resume frame; more conversations send more frames. Bounded by client_message_bytes_max.
inline constexpr std::size_t resume_positions_max = 1'000;
/// Members named in one create or add frame; a channel of 25,000 is built by 25 frames.
inline constexpr std::size_t members_per_frame_max = 1'000;
/// Members of one conversation: the largest channel of the design (25,000) and room above it.
inline constexpr std::size_t conversation_members_max = 100'000;
/// Members of a group: everybody may talk, which nobody follows above that; larger rooms are channels.
inline constexpr std::size_t group_members_max = 10'000;
/// Members of a direct conversation.
inline constexpr std::size_t direct_members_max = 2;
/// Conversations that a user may join by itself: one resume must be able to name them all in some frames, and
/// one answer of an owner shard to hold their heads.
inline constexpr std::size_t user_conversations_max = 10'000;
/// Conversations that one user may create on one shard: ids and keys stay for ever. A team's bot creates
/// thousands; above that somebody fills the disk.
inline constexpr std::size_t creations_max = 1'000'000;
/// Items in one list of conversations or members: with names of 64 bytes, each escaped sixfold, still below
/// server_message_bytes_max.
inline constexpr std::size_t list_items_max = 200;
/// Live entries a resume catches up before it says too_old and leaves the rest to history pages: bounds what
/// one resume may queue.
inline constexpr std::size_t catch_up_entries_max = 1'000;
/// Positions that a session asks one owner shard for at a time, and bytes of entries in one of its answers: a
/// resume of any size is pulled as the client reads, instead of filling its outbox.
inline constexpr std::size_t resume_ask_positions_max = 64;
inline constexpr std::size_t resume_answer_bytes_max = 128 * 1024;
/// Positions of one session that wait to be asked: a client with more must wait for answers before it names
/// more.
inline constexpr std::size_t resume_waiting_max = 100'000;
/// Entries kept in memory a conversation, so that resumes after a short cut never touch the disk.
inline constexpr std::size_t recent_entries_max = 256;
/// Bytes of all those entries of one shard: the oldest go first.
inline constexpr std::size_t recent_bytes_max = 64 * 1024 * 1024;
/// How far a sequence number may lie above all that is known of its conversation before a client takes it for
/// nonsense: a client keeps books by number, and no log grows by a million entries unseen.
inline constexpr std::size_t sequence_jump_max = 1'000'000;
/// Entries in one history page, and bytes, whichever is first.
inline constexpr std::size_t history_page_entries_max = 200;
inline constexpr std::size_t history_page_bytes_max = 128 * 1024;
/// How often a client shows that it is alive when it has nothing else to say; any frame counts.
inline constexpr Duration beat_interval = 5s;
/// Silence after which a connection is dead: three beats.
inline constexpr Duration silence_max = 15s;
/// From the accepted connection to the hello: a slow honest handshake, not a squatter.
inline constexpr Duration handshake_max = 10s;
/// After a close frame was sent: time for the peer's close frame, then the socket is closed.
inline constexpr Duration close_grace = 2s;

/// Over how long the clients of a draining server are told to come back: 20,000 connections (the descriptors
/// of one process) are 4,000 a second, which one server takes in without a queue.
inline constexpr Duration drain_spread = 5s;
/// What a drain may take before the rest is cut: four times the grace of a close handshake, for readers whose
/// outbox is full, and below the 10 s after which container engines kill.
inline constexpr Duration drain_longest = 8s;

// ---- queues
/// Bytes waiting in one connection's outbox. A reader that is this far behind is cut (slow-reader policy
/// `disconnect`) and resumes.
inline constexpr std::size_t outbox_bytes_max = 1024 * 1024;
/// Bytes of one connection in one sendmsg: fairness between connections of one turn.
inline constexpr std::size_t send_bytes_max = 256 * 1024;
/// Buffers in one sendmsg: IOV_MAX of Linux.
inline constexpr std::size_t send_buffers_max = 1024;
/// The read buffer a thread shares among all its connections.
inline constexpr std::size_t read_buffer_bytes = 256 * 1024;
/// Recipients served in one slice of a fan-out: about 64 x 5 us of sends. What arrives meanwhile on the same
/// thread waits for at most a third of a millisecond a slice.
inline constexpr std::size_t fanout_slice = 64;
/// Recipients of all fan-outs together in one turn, about 2 ms of sends: many small conversations may share a
/// turn, but not without end.
inline constexpr std::size_t fanout_turn_recipients = 256;
/// A conversation with more listeners than this on one shard is bulk: its sweeps give way to the others.
inline constexpr std::size_t fanout_bulk_listeners = 1024;
/// What giving way means: so long a pause after each slice, while a conversation that is not bulk had traffic
/// within `fanout_quiet`, and until the sweep is `fanout_patience` old. At 64 recipients in about 1.5 ms a
/// channel of 25,000 on two shards is through in 0.3 s, and other threads of the machine get their turn in
/// between: it is their waiting for a core, not the sliced work itself, that a direct message feels.
inline constexpr Duration fanout_pause = 1200us;
inline constexpr Duration fanout_quiet = 100ms;
inline constexpr Duration fanout_patience = 200ms;
/// Mails between two shards: above it the sender's clients get `overloaded` (definite) instead of a queue
/// without end.
inline constexpr std::size_t mailbox_mails_max = 65'536;
/// Messages of one shard that wait for the committer; above it sends are rejected `overloaded`.
inline constexpr std::size_t uncommitted_max = 65'536;

// ---- beside the log
/// Members above which a conversation is no longer talkative: no typing, receipts as counts to the sender,
/// reactions as counts. What each of n members says to n others grows by the square.
inline constexpr std::size_t talkative_members_max = 256;
/// Watermarks are stored, and told, once in so long: a reader that scrolls is one notice, not fifty.
inline constexpr Duration receipt_window = 200ms;
/// Watermarks of one shard that wait for that: about 8 MB of batch; above it they go at once.
inline constexpr std::size_t receipts_changed_max = 65'536;
/// Counts of a large conversation: so often, and to the senders of so many of its newest messages.
inline constexpr Duration receipt_counts_every = 1s;
inline constexpr std::size_t receipt_counts_senders_max = 8;
/// Typing ends by itself after this: twice the time in which clients say again that somebody still types.
inline constexpr Duration typing_ttl = 6s;
/// The same user begins to type in a conversation at most once in so long.
inline constexpr Duration typing_gap = 1s;
/// People that type at the same time in the conversations of one shard; above it nobody begins.
inline constexpr std::size_t typists_max = 65'536;
/// Different reactions to one entry: a line of them; each is a counter that every client shows.
inline constexpr std::size_t reaction_kinds_max = 32;
/// Entries whose reactions a shard keeps in memory; the others are read when somebody reacts.
inline constexpr std::size_t reacted_entries_max = 4'096;
/// Reactions in one list or counts frame: 200 bytes each fit into server_message_bytes_max.
inline constexpr std::size_t listed_reactions_max = 1'000;
/// Counts of a large conversation's reactions: so often.
inline constexpr Duration reaction_counts_every = 1s;
/// Users whose contacts a shard keeps in memory; the others' are read when they are asked for.
inline constexpr std::size_t contact_books_max = 4'096;
/// Frames beside the log that wait on one shard, and recipients that hear them in one turn: the log goes
/// first.
inline constexpr std::size_t whispers_waiting_max = 16'384;
inline constexpr std::size_t whispers_turn_recipients = 512;

// ---- scenario files
/// One scenario file: the largest sensible one is a few KB; above it somebody named the wrong file.
inline constexpr std::size_t scenario_bytes_max = 1024 * 1024;
/// Maps and lists inside each other: the language needs 6; the YAML parser recurses, so the depth bounds its
/// stack.
inline constexpr std::size_t scenario_depth_max = 16;
/// Keys, values, maps and lists of one file: bounds the time and memory of a load whatever the bytes say.
inline constexpr std::size_t scenario_nodes_max = 10'000;
/// Files that extend each other: a chain longer than this is not understood by its reader either.
inline constexpr std::size_t scenario_extends_max = 8;
/// Errors reported of one file: more are noise.
inline constexpr std::size_t scenario_errors_max = 100;
/// Users of one scenario and conversations of one topology row: ten times the largest simulated run; keeps
/// 32-bit indices far from their end.
inline constexpr std::uint32_t scenario_users_max = 100'000'000;
/// What one worker's users are about to do besides sending: a minute of pauses at a full core's deliveries,
/// in 50 MB. Above it a deed is left out and counted.
inline constexpr std::size_t deeds_max = 1'000'000;
/// Planned absences of all devices over a run, and as many ends of memberships, 24 bytes each: a million
/// users who come and go ten times.
inline constexpr std::size_t absences_max = 10'000'000;
/// One phase: the stamp counts microseconds in 40 bits (12 days), and nobody waits longer than a week.
inline constexpr Duration phase_length_max = std::chrono::hours{24 * 7};

}  // namespace hubbub::limits
