// One session of the setup and what it has to create: its share of the conversations, in order.
// Owned by one Setup; its thread only. It must not move while its alarms are armed.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/client/alarm.hpp"
#include "protocol/messages.hpp"
#include "protocol/websocket.hpp"

namespace hubbub {

struct SetupSession {
    /// Requests without an answer: enough to hide the round trip, few enough to lose little with the link.
    static constexpr std::size_t in_flight_max = 32;

    enum class State : std::uint8_t { down, dialing, greeting, ready, closing };
    struct Request {
        RequestId id = 0;
        ConversationIndex conversation;
    };

    Alarm action;    ///< dial (again), beat, or go on after a refusal
    Alarm patience;  ///< an answer must have come by then
    std::string name;
    LinkId link;
    std::uint64_t memory = 0;  ///< the adapter's, of this link
    State state = State::down;
    std::uint32_t dials = 0;
    std::uint32_t failures = 0;  ///< in a row: refusals and lost links without an answer between
    Duration beat{};
    Time last_said{}, last_heard{}, paused_until{};
    std::optional<websocket::Reader> reader;  ///< in the middle of a message
    std::deque<ConversationIndex> to_do;
    std::vector<Request> in_flight;

    [[nodiscard]] bool linked() const { return state == State::greeting || state == State::ready; }
    [[nodiscard]] bool has_room() const {
        return state == State::ready && !to_do.empty() && in_flight.size() < in_flight_max;
    }
    [[nodiscard]] bool through() const { return to_do.empty() && in_flight.empty(); }
    /// What was asked and not answered is asked again, before the rest and in its order: requests are
    /// idempotent.
    void take_back() {
        for (auto request = in_flight.rbegin(); request != in_flight.rend(); ++request)
            to_do.push_front(request->conversation);
        in_flight.clear();
    }
};

}  // namespace hubbub
