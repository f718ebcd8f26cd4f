// The inside of the setup: setup.cpp keeps its sessions up, setup_creating.cpp gives them work.
// Owned by one Setup; its thread only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loadgen/client/setup.hpp"
#include "loadgen/client/setup_session.hpp"
#include "loadgen/client/wire.hpp"

namespace hubbub {

/// Without an answer for this long, a session is taken for dead.
inline constexpr Duration setup_answer_timeout = std::chrono::seconds{10};

enum class SetupAlarm : std::uint32_t { action, patience, pace };

struct Setup::Impl {
    Impl(const Plan& the_plan, std::uint32_t the_run, Links& the_links, std::unique_ptr<Adapter> the_adapter,
         double rate, std::uint32_t links_wanted);

    // ---- setup.cpp: sessions
    void start(Time now);
    void fire(Alarm& alarm, Time now);
    void dial(SetupSession& session, Time now);
    void read(SetupSession& session, std::span<char> bytes, Time now);
    void welcomed(SetupSession& session, const Welcome& welcome, Time now);
    void lose(SetupSession& session, const std::string& why, bool come_back, Time now);
    void pause(SetupSession& session, const std::string& why, Time now);
    void give_up(std::string why);
    Spoken say(SetupSession& session, const ClientMessage& message, Time now);
    void arm_action(SetupSession& session);
    SetupSession* session_of(LinkId link);

    // ---- setup_creating.cpp: their work
    void pump(Time now);
    void ask(SetupSession& session, Time now);
    void take_message(SetupSession& session, std::string_view payload, Time now);
    void take_rejected(SetupSession& session, const Rejected& rejected, Time now);
    /// One step of the request's conversation is done: the log stands at `head` now.
    void advanced(SetupSession& session, RequestId id, Sequence head, Time now);
    void close_if_through(SetupSession& session);

    const Plan& plan;
    const std::uint32_t run;
    Links& links;
    std::unique_ptr<Adapter> adapter;
    Wire wire;
    std::shared_ptr<const TokenMint> tokens;  ///< null: the target asks for none
    std::optional<TimerWheel> wheel;          ///< from the first turn, which says what time it is
    Duration interval;                        ///< between two requests
    Alarm pace;
    Time next_request_at{};
    RequestId last_request = 0;
    std::vector<SetupSession> sessions;
    std::vector<ReadyConversation> conversations;
    std::vector<std::uint32_t> members_in;  ///< by conversation: how many members it has so far
    std::uint32_t created = 0;
    std::uint32_t links_open = 0;
    std::string error;
};

}  // namespace hubbub
