// A small chat server that keeps the contract of docs/PROTOCOL.md, and breaks it where a test says so.
// Speaks by the real codec and the real frames. One test; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fake_world.hpp"
#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"

namespace hubbub::test {

class FakeServer final : public FarEnd {
  public:
    explicit FakeServer(FakeWorld& world) : world_(world) { world.connect_to(*this); }

    struct Session {
        std::uint64_t link = 0;
        std::string user, device;
        std::set<ConversationId> attached;
        websocket::Reader reader{websocket::Role::server, 64 * 1024};
        std::vector<std::string> said;  ///< payloads, as they came
        std::size_t pongs = 0;
    };
    struct Kept {  ///< one log entry
        EntryKind kind = EntryKind::message;
        std::string user, device, body;
        WireNumber number = 0;
        std::vector<std::string> members;
    };
    struct Conversation {
        std::vector<Kept> log;
        std::set<std::string> members;
        Epoch epoch = 1;
        std::map<std::string, WireNumber> last;  ///< by "user/device"
        std::map<std::pair<std::string, WireNumber>, Sequence> taken;
    };
    /// A send as it arrived.
    struct Received {
        std::string user;
        ConversationId conversation;
        WireNumber number = 0;
        std::string body;
        Time at{};
    };

    // ---- scripts: each may be empty
    /// Sees every message first; true: the server does nothing more with it.
    std::function<bool(Session&, const ClientMessage&)> intercept;
    /// Whether this receiver gets the live push of an entry.
    std::function<bool(const Session&, const ConversationId&, Sequence)> drop_live;
    /// Entries that history pages and catch-ups leave out.
    std::function<bool(const std::string& user, const ConversationId&, Sequence)> hide;
    /// The last word on a history page.
    std::function<void(HistoryPage&)> alter_page;
    std::uint32_t beat_ms = 5000, ttl_ms = 15000, in_flight = 16;
    std::size_t catch_up_max = 1000;
    bool too_old_before_reset = false;  ///< a long log of another epoch is answered too_old
    Duration ack_delay{};

    std::map<ConversationId, Conversation> conversations;
    std::map<std::string, ConversationId> by_key;
    std::map<std::uint64_t, Session> sessions;
    std::vector<Received> sends;
    std::vector<std::uint16_t> close_codes;  ///< of all clients' close frames
    std::vector<std::string> creates;        ///< keys, as they came
    std::size_t resumes = 0, history_reads = 0;

    void say(std::uint64_t link, const ServerMessage& message);
    void close(std::uint64_t link, std::uint16_t code);
    Session* session_of(const std::string& user);
    /// Appends and pushes an entry, as if some client had sent it.
    Sequence append(const ConversationId& id, Kept entry, std::uint64_t sender_link = 0);
    void refuse(Session& session, const Send& send, ErrorCode code, std::uint32_t retry_after_ms = 0);

    void accepted(std::uint64_t link) override;
    void received(std::uint64_t link, std::string_view bytes) override;
    void ended(std::uint64_t link) override { sessions.erase(link); }

  private:
    void take(Session& session, const ClientMessage& message);
    void take(Session& session, const Resume& resume);
    void take(Session& session, const Send& send);
    void take(Session& session, const Create& create);
    void take(Session& session, const ReadHistory& read);
    [[nodiscard]] Entry entry_of(const ConversationId& id, Sequence sequence,
                                 std::vector<std::string_view>& members) const;

    FakeWorld& world_;
    std::unique_ptr<Codec> codec_ = make_json_codec();
    std::uint64_t last_conversation_ = 0;
};

}  // namespace hubbub::test
