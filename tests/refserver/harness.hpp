// A little world in virtual time for the server's core: shards, a store, links without sockets, and clients
// that speak the real codec over the real frames. Owned by one test; its thread only. What happens next is
// drawn from the seed.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"
#include "refserver/core/counters.hpp"
#include "refserver/core/shard.hpp"
#include "refserver/store/memory_store.hpp"

namespace hubbub::testing {

using namespace std::chrono_literals;

struct WorldOptions {
    std::uint32_t shards = 1;
    std::uint64_t seed = 1;
    Duration commit_latency = 1ms;
    Durability durability = Durability::memory;
    std::size_t mailbox_mails_max = SIZE_MAX;
    ServerOptions server = {};
};

/// A message of the server, with its own strings.
struct Said {
    EntryKind kind = EntryKind::message;
    ConversationId conversation;
    Sequence sequence = 0;
    std::string user, device, body;
    WireNumber number = 0;
    std::vector<std::string> members;
    bool ack = false;
    SendOp op = SendOp::text;
    Sequence target = 0;
};
/// Of a notice or a list about receipts.
struct Marks {
    ConversationId conversation;
    std::string user;
    Sequence delivered = 0, read = 0;
    friend bool operator==(const Marks&, const Marks&) = default;
};
struct TypingSaid {
    ConversationId conversation;
    std::string user;
    bool on = true;
    friend bool operator==(const TypingSaid&, const TypingSaid&) = default;
};
struct ReactionSaid {
    Sequence target = 0;
    std::string user, body;
    bool set = true;
    friend bool operator==(const ReactionSaid&, const ReactionSaid&) = default;
};
struct CountedReaction {
    Sequence target = 0;
    std::string body;
    std::uint64_t count = 0;
    friend bool operator==(const CountedReaction&, const CountedReaction&) = default;
};
struct Page {
    HistoryPage page;  // entries left empty
    std::vector<Said> entries;
};

class World;

/// One device of one user: at most one link at a time, and all it has heard over all of them.
class Client {
  public:
    Client(World& world, std::string user, std::string device);

    /// Opens a link to the shard and says hello.
    void connect(std::uint32_t shard);
    void connect_silently(std::uint32_t shard);
    /// The link dies without a word; what was under way to the client is lost.
    void reset();
    void say(const ClientMessage& message);
    void say_raw(std::string frame_bytes);
    void send(const ConversationId& conversation, WireNumber number, std::string body);
    void send(const ConversationId& conversation, WireNumber number, std::string body, SendOp op,
              Sequence target);
    void resume(std::vector<Position> positions, bool complete = true);
    RequestId create(std::string key, std::vector<std::string> members,
                     ConversationClass kind = ConversationClass::group);
    RequestId add(const ConversationId& conversation, std::vector<std::string> members);
    // ---- membership; the id of the request
    RequestId join(const ConversationId& conversation);
    RequestId leave(const ConversationId& conversation);
    RequestId kick(const ConversationId& conversation, std::vector<std::string> members);
    RequestId role(const ConversationId& conversation, std::vector<std::string> members, MemberRole role);
    RequestId next_request() { return next_request_++; }
    RequestId read(const ConversationId& conversation, Sequence from, std::uint32_t limit = 200);

    [[nodiscard]] bool connected() const { return link_.has_value(); }
    /// Numbers of the conversation's entries and acks in the order of arrival, over all links.
    [[nodiscard]] std::vector<Sequence> stream(const ConversationId& conversation) const;
    [[nodiscard]] std::vector<std::string> bodies(const ConversationId& conversation) const;
    void forget();  ///< all that was heard

    const std::string user, device;
    bool reads = true;  ///< false: frames stay in the server's outbox
    bool answers_close = true;
    std::vector<Said> said;  ///< entries and acks in order of arrival
    std::vector<Welcome> welcomes;
    std::vector<Resumed> resumed;
    std::vector<Created> created;
    std::vector<Added> added;
    std::vector<Page> pages;
    std::vector<Rejected> rejected;
    std::function<void(const ServerMessage&)> also;  ///< is told of every message, first
    std::vector<Marks> receipts;
    std::vector<ReceiptCounts> receipt_counts;
    std::vector<std::vector<Marks>> receipt_lists;
    std::vector<TypingSaid> typing;
    std::vector<ReactionSaid> reactions;
    std::vector<std::vector<CountedReaction>> reaction_counts, reaction_lists;
    std::vector<Done> done;
    std::vector<Skipped> skipped;
    std::vector<std::string> presence;           ///< "bob online"
    std::vector<std::string> contacts, blocked;  ///< of the last list
    std::vector<std::string> listed;             ///< items of all lists, in order, as short words
    std::vector<std::string> raw;                ///< every message as it came
    std::uint32_t more = 0;                      ///< lists that said so
    std::vector<std::string> order;              ///< kinds of all messages in order of arrival
    std::uint16_t close_code = 0;                ///< of the last close frame; 0: none
    std::uint32_t cuts = 0;                      ///< links that ended without a close frame
    std::uint32_t pongs = 0;

  private:
    friend class World;
    void hear(std::string bytes);
    void hear_message(std::string_view payload);
    void hear_of_people(const ServerMessage& message);
    void ended(bool aborted);

    World& world_;
    std::optional<LinkId> link_;
    std::uint32_t shard_ = 0;
    std::unique_ptr<websocket::Reader> reader_;
    RequestId next_request_ = 1;
};

class World {
  public:
    explicit World(WorldOptions options = {});
    ~World();

    Client& client(const std::string& user, const std::string& device = "d");
    /// Until nobody has anything left to do without time passing beyond `patience`.
    void settle(Duration patience = 100ms);
    /// Time passes; everything due happens.
    void pass(Duration span);
    /// One event, drawn from the seed; false: nothing is left at this moment.
    bool step();
    /// Only the clock moves, to whatever is due next.
    void advance();
    /// The server process dies and a new one starts on what the store holds.
    void kill();
    void restart_with(std::uint32_t shards);
    /// Writes behind the server's back: what another part of it would have written.
    void put(const std::string& key, const std::string& value);
    /// A conversation of these users, created by "maker" on shard 0; all of it committed.
    ConversationId conversation(const std::string& key, std::vector<std::string> members,
                                ConversationClass kind = ConversationClass::group);

    Shard& shard(std::uint32_t index);
    const ShardCounters& counters(std::uint32_t index = 0) { return shard(index).counters(); }
    std::uint64_t total(RelaxedCounter ShardCounters::*counter);
    [[nodiscard]] Time now() const { return now_; }
    [[nodiscard]] std::uint32_t shards() const { return options_.shards; }
    MemoryStore& store() { return *store_; }
    Random& random() { return random_; }

    std::vector<SabotageRecord> truth;
    std::uint64_t mails_posted = 0;
    /// Called when a batch commits; true: it fails instead (and every later one).
    std::function<bool(CommitTicket)> fails;

  private:
    friend class Client;
    struct Host;
    class Post;
    struct Truth;

    void start();
    [[nodiscard]] Time next_deadline() const;
    bool deliver_store();
    bool turn_all();
    bool read_all();
    bool deliver_mail();

    WorldOptions options_;
    Random random_;
    Time now_{};
    SilentLog log_;
    std::unique_ptr<MemoryStore> store_;
    std::unique_ptr<Truth> truth_;
    std::vector<std::unique_ptr<Host>> hosts_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::deque<ShardMail>> mails_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<Client>> clients_;
    std::unique_ptr<Codec> codec_;
    bool failing_ = false;
    static constexpr ShardId nobody{UINT32_MAX};  // whose commits nobody waits for
    std::uint64_t puts_ = 0;
    std::uint64_t starts_ = 0;
};

}  // namespace hubbub::testing
