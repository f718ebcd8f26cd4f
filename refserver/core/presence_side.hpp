// Presence at the shard of a session: tells the homes which devices live, asks them for whom its sessions
// watch, and hands on what they say. Owned by the SessionSide; its thread only.
#pragma once

#include <deque>
#include <memory>

#include "refserver/core/connection.hpp"
#include "refserver/core/presence_sabotage.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

class PresenceSide {
  public:
    PresenceSide(ShardContext& context, Connections& connections, Switchboard& switchboard,
                 Saboteur* saboteur)
        : context_(context), connections_(connections), switchboard_(switchboard) {
        if (saboteur != nullptr)
            wrongs_ = std::make_unique<PresenceSabotage>(context, *saboteur, connections);
    }

    // ---- from clients
    void hello(Connection& connection);
    void life(Connection& connection, Liveness life);
    void watch(Connection& connection, const Watch& watch);
    void set(Connection& connection, const SetPresence& set);
    /// The session's link is gone.
    void gone(Connection& connection);

    // ---- from homes
    void take(WatchedMail&& mail);
    void take(PresenceNewsMail&& mail);

    /// Hands on a slice of what the homes said.
    void turn();
    [[nodiscard]] Time next_deadline() const {
        if (!waiting_.empty()) return context_.now;
        return wrongs_ ? wrongs_->next_deadline() : never;
    }

  private:
    /// In the order of arrival: an older word about a user never comes behind a newer one.
    struct Waiting {
        SharedBytes frame;
        std::vector<LinkId> to;
        std::size_t next = 0;
        std::uint32_t notices = 1;
    };
    void post(const Connection& connection, Liveness life);
    void refuse(Connection& connection, RequestId id, ErrorCode code);
    void queue(std::string_view frame, std::vector<LinkId> to, std::uint32_t notices);
    [[nodiscard]] SessionRef ref(const Connection& connection) const {
        return {context_.self, connection.link};
    }

    ShardContext& context_;
    Connections& connections_;
    Switchboard& switchboard_;
    std::deque<Waiting> waiting_;
    std::unique_ptr<PresenceSabotage> wrongs_;  ///< null: an honest server
};

}  // namespace hubbub
