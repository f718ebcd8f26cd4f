// One simulated device as a value: where its session stands, and what it has under way.
// Owned by one worker core, in one flat array; its thread only. It must not move while its alarms are armed.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "loadgen/client/alarm.hpp"
#include "loadgen/client/send_pace.hpp"
#include "loadgen/client/send_table.hpp"
#include "protocol/messages.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {

enum class ClientState : std::uint8_t {
    idle,         ///< not opened yet
    dialing,      ///< a connection was asked for
    greeting,     ///< hello said, welcome awaited
    resuming,     ///< positions named, not all answered
    live,         ///< everything is live
    backing_off,  ///< comes back after a while
    parted,       ///< its user closed it, for a while
    gone,         ///< will not come back
};

/// Pages of history that close a hole of one stream.
struct RepairJob {
    StreamIndex stream;
    Sequence next = 0;  ///< first entry to ask for
    Sequence last = 0;  ///< last entry wanted
};

/// What exists only while a client has something under way besides being connected. Freed when all is done.
struct Errands {
    std::optional<websocket::Reader> reader;  ///< in the middle of a message

    struct Asked {
        Position position;
        bool answered = false;
    };
    std::vector<Asked> asked;  ///< while resuming: one per stream of the device, in order
    struct CatchUp {
        StreamIndex stream;
        Sequence head = 0;  ///< entries up to here are announced
    };
    std::vector<CatchUp> catching_up;
    /// Until then sends wait for the catch-up of their stream: it may show that they were taken.
    Time catch_up_until = never;

    std::vector<RepairJob> repairs;  ///< the first one is under way while repair_request != 0
    RequestId repair_request = 0;
    Time repair_asked = never;
    struct Hopeless {
        StreamIndex stream;
        Sequence paged_to = 0;
    };
    std::vector<Hopeless> hopeless;  ///< what history lacks too; up to there only the drain asks again

    struct Audit {
        RequestId request = 0;
        std::uint32_t job = 0;
        Time asked{};
    };
    std::vector<Audit> audits;

    Time retry_at = never;    ///< refused sends and requests go on then
    Time granted_at = never;  ///< joins that get no answer count as answered then

    [[nodiscard]] bool done() const;
    /// Whether an entry of this stream was announced by a resume; ends the catch-up when it is its last.
    struct Announced {
        bool caught_up = false;  ///< the entry belongs to the catch-up
        bool complete = false;   ///< and it was the last of it
        bool over = false;       ///< nothing of the catch-up will follow
    };
    Announced announced(StreamIndex stream, Sequence sequence);
    [[nodiscard]] bool catches_up(StreamIndex stream) const;
    [[nodiscard]] Time oldest_request() const;
};

struct VirtualClient {
    Alarm action;    ///< open, come back, beat, go on after a refusal
    Alarm patience;  ///< what is outstanding must have been answered by then
    LinkId link;     ///< meaningful while linked()
    Time since{};    ///< of the first dial, or of the loss of the last link: what connect latency counts from
    Time last_said{}, last_heard{};
    Time token_at{};  ///< when the session's token was made
    std::unique_ptr<Errands> errands;
    std::unique_ptr<SendPace> pace;  ///< while sends wait that were refused as too many
    DeviceSends sends;
    std::uint64_t memory = 0;          ///< the adapter's, of this link
    std::uint32_t beat_ms = 0;         ///< how often it shows life; 0: never
    std::uint32_t ttl_ms = 0;          ///< from the welcome
    std::uint32_t retry_after_ms = 0;  ///< the server's hint
    std::uint32_t dials = 0;           ///< tells a late answer to an abandoned dial from the current one
    std::uint16_t attempts = 0;        ///< failed ones in a row
    std::uint8_t window = 0;           ///< sends in flight a stream
    std::uint8_t refusals = 0;         ///< pauses in a row without an ack between, saturates
    ClientState state = ClientState::idle;
    bool was_live = false;

    [[nodiscard]] bool linked() const {
        return state == ClientState::greeting || state == ClientState::resuming || state == ClientState::live;
    }
    [[nodiscard]] bool live() const { return state == ClientState::live; }
    Errands& need_errands();
    void drop_errands_if_done();
    /// How often it shows life when it has nothing else to say; zero: never.
    [[nodiscard]] Duration beat() const { return std::chrono::milliseconds(beat_ms); }
};

// A million of them is what a run is made of.
static_assert(sizeof(VirtualClient) <= 208);

}  // namespace hubbub
