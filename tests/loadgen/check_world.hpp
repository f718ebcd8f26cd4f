// A chat service in miniature that plays whole histories into checkers: a server with one log a conversation,
// clients that reset, resume, resend and repair, and, when asked, the wrongs of docs/SABOTAGE.md with their
// truth. Everything is drawn from one seed, and nothing depends on how many checkers share the devices.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "loadgen/check/judge.hpp"

namespace hubbub::test {

struct WorldOptions {
    std::uint64_t seed = 1;
    std::uint32_t workers = 1;
    std::uint32_t messages = 60;
    bool resets = true;          ///< connections break, also with sends and acks on the way
    bool rejections = true;      ///< definite refusals
    bool abandons = true;        ///< some sends are never sent, or never resent
    Sequence catch_up_max = 12;  ///< small, so that too_old is met often
    bool audits = true;
    bool drain = true;                       ///< what is owed is waited for, resumed and paged
    std::map<std::string, unsigned> wrongs;  ///< kind -> how often at most
};

struct Act {
    std::string kind;
    std::uint32_t receivers = 0;
};

struct StoredEntry {
    EntryKind kind = EntryKind::message;
    std::uint32_t device = 0;
    WireNumber number = 0;
    std::string body;
    bool stored = true, in_history = true;
    std::optional<std::uint32_t> hidden_from;
};

struct Numbered {
    Sequence q = 0;
    StoredEntry entry;
};

/// What the server says on one connection.
struct Frame {
    enum Type { entry, ack, rejection, resumed, page } type = entry;
    std::uint32_t conversation = 0;
    Sequence q = 0;
    WireNumber number = 0;
    StoredEntry content;
    Position asked;
    ResumedPosition answer;
    bool last_answer = false;
    std::vector<Numbered> entries;
    Sequence head = 0;
};

/// What a client says.
struct Request {
    enum Type { send, resume, page } type = send;
    std::uint32_t conversation = 0;
    WireNumber number = 0;
    std::string body;
    std::map<std::uint32_t, Position> positions;
    Sequence from = 0;
};

class CheckWorld {
  public:
    CheckWorld(std::shared_ptr<const Plan> plan, WorldOptions options);
    Judgement run();

    [[nodiscard]] const std::vector<Act>& truth() const { return truth_; }
    /// Entries that reached a receiver other than their sender, counted by this world.
    [[nodiscard]] Checker& checker_of(std::uint32_t device);

  private:
    struct Log {
        std::vector<StoredEntry> entries;  ///< index: q - 1
        Sequence base = 0;
        Epoch epoch = 7;
        std::map<std::uint32_t, std::vector<Sequence>> accepted;  ///< by device: q of n - 1
        bool stale = false, paged = false;
    };
    struct ClientStream {
        StreamIndex stream;
        WireNumber next_number = 1;
        std::deque<LedgerRow> waiting;
        struct Sent {
            LedgerRow row;
            WireNumber number;
            bool resent;
        };
        std::vector<Sent> unanswered;
        std::map<WireNumber, LedgerRow> answered;
        Sequence announced = 0;
        bool hold = false, paging = false;
    };
    struct Device {
        bool connected = false, subscribed = false, live = false;
        bool guarded = false;  ///< what is on the way shows a wrong: it must arrive
        std::deque<Request> inbox;
        std::deque<Frame> outbox;
        std::map<std::uint32_t, Frame> held;  ///< swap_delivery: waits for its successor
        unsigned stalled = 0;                 ///< late_delivery: turns in which nothing leaves
        std::map<std::uint32_t, ClientStream> streams;
    };

    // ---- the run (check_world.cpp)
    void turn();
    void settle();
    void drain();
    void audit();
    void flush();
    bool pump_all();
    [[nodiscard]] std::vector<std::uint32_t> devices_where(bool (*holds)(const Device&)) const;
    bool wrong(const char* kind, double chance = 0.2);
    void note(const char* kind, std::uint32_t receivers);
    void release_held();

    // ---- the server (check_world_server.cpp)
    void serve(std::uint32_t device);
    void accept(std::uint32_t device, const Request& send);
    void accept_new(std::uint32_t device, const Request& send);
    bool accept_wrongly(std::uint32_t device, const Request& send);
    bool swap_order(std::uint32_t device, const Request& send);
    void deliver_wrongly(std::uint32_t device, std::uint32_t conversation, Sequence q);
    Sequence append(std::uint32_t conversation, StoredEntry entry);
    void acknowledge(std::uint32_t device, std::uint32_t conversation, WireNumber number, Sequence q);
    void fan_out(std::uint32_t conversation, Sequence q, std::optional<std::uint32_t> except);
    void push(std::uint32_t device, Frame frame);
    void hear_typing(std::uint32_t device, std::uint32_t conversation, std::uint32_t typist);
    void answer_resume(std::uint32_t device, const Request& resume);
    void answer_position(std::uint32_t device, std::uint32_t conversation, Position asked, bool last);
    void answer_page(std::uint32_t device, const Request& page);
    [[nodiscard]] std::vector<Numbered> history(std::uint32_t device, std::uint32_t conversation,
                                                Sequence from, std::size_t limit);
    [[nodiscard]] std::vector<std::uint32_t> subscribers(std::uint32_t conversation,
                                                         std::uint32_t except) const;
    [[nodiscard]] Frame entry_frame(std::uint32_t conversation, Sequence q) const;

    // ---- the clients (check_world_client.cpp)
    void intend();
    void try_send(std::uint32_t device, ClientStream& stream, std::uint32_t conversation);
    void connect(std::uint32_t device);
    void disconnect(std::uint32_t device);
    void receive(std::uint32_t device);
    void receive_entry(std::uint32_t device, const Frame& frame);
    void receive_ack(std::uint32_t device, const Frame& frame);
    void receive_rejection(std::uint32_t device, const Frame& frame);
    void receive_resumed(std::uint32_t device, const Frame& frame);
    void receive_page(std::uint32_t device, const Frame& frame);
    void ask_page(std::uint32_t device, std::uint32_t conversation, Sequence from);
    [[nodiscard]] SeenEntry examine(Checker& checker, std::uint32_t conversation, Sequence q,
                                    const StoredEntry& entry) const;

    std::shared_ptr<const Plan> plan_;
    WorldOptions options_;
    Random random_, wrongs_;
    Time now_{};
    std::uint32_t intended_ = 0, phase_ = 0;
    std::vector<std::unique_ptr<Checker>> checkers_;
    std::vector<std::uint32_t> worker_of_;  ///< by device
    std::vector<Log> logs_;
    std::vector<Device> devices_;
    std::vector<Act> truth_;
    bool settling_ = false;
};

/// Eight users, seven of them online, every class of conversation, three load phases of which the first is
/// not measured.
std::shared_ptr<const Plan> world_plan();

}  // namespace hubbub::test
