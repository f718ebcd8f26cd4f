// The inside of the setup: setup.cpp keeps its sessions up, setup_creating.cpp gives them work.
// Owned by one Setup; its thread only.
#pragma once

#include <deque>
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
    void close_if_through(SetupSession& session, Time now);

    // ---- setup_reusing.cpp: what is there already
    [[nodiscard]] bool reuses() const { return plan.scenario->target.reused != nullptr; }
    void find_readers();
    /// Gives the session its next reader; false: there is none.
    bool next_reader(SetupSession& session);
    void ask_about(SetupSession& session, ConversationIndex conversation, Time now);
    void take_members(SetupSession& session, const MemberList& list, Time now);
    void take_head(SetupSession& session, const HistoryPage& page, Time now);
    [[nodiscard]] std::string place_of(ConversationIndex conversation) const;

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
    std::uint32_t created = 0;              ///< of the conversations; or known
    struct Reader {
        std::string name;
        std::vector<ConversationIndex> conversations;
    };
    std::deque<Reader> readers;             ///< who did not have a session yet
    std::vector<char> listed_all;           ///< by conversation: whether all its members were listed
    std::vector<std::string> listed_up_to;  ///< by conversation: the last one, between two pages
    std::uint32_t links_open = 0;
    std::string error;
};

}  // namespace hubbub
