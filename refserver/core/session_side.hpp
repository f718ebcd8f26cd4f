// The half of a shard that talks to clients: who they are, what they ask, and what they are to hear.
// Owned by the Shard; its thread only. Conversations are decided by their owner shards, behind the
// switchboard.
#pragma once

#include "refserver/core/admission.hpp"
#include "refserver/core/connection.hpp"
#include "refserver/core/fan_out.hpp"
#include "refserver/core/names.hpp"
#include "refserver/core/resuming.hpp"
#include "refserver/core/switchboard.hpp"
#include "refserver/core/topics.hpp"
#include "refserver/core/whispers.hpp"

namespace hubbub {

class SessionSide final : public ConnectionUser {
  public:
    SessionSide(ShardContext& context, Connections& connections, Switchboard& switchboard,
                Saboteur* saboteur);

    // ---- from clients
    void message(Connection& connection, std::string_view payload, bool binary) override;
    void gone(Connection& connection) override;

    // ---- from owners and homes
    void attached(Attached&& attached) { resuming_.attached(std::move(attached)); }
    void answer(const Answer& answer);
    void fan_out(const FanOut& entry);
    void replaced(const SessionRef& session, ErrorCode why);
    void revoke(const Revocation& revocation) { admission_.revoke(revocation); }
    void whisper(const Whisper& whisper);

    void turn();
    [[nodiscard]] Time next_deadline() const;
    [[nodiscard]] const Topics& topics() const { return topics_; }

  private:
    void on(Connection& connection, const Hello& hello);
    void on(Connection& connection, const Resume& resume);
    void on(Connection& connection, const Send& send);
    void on(Connection& connection, const Create& create);
    void on(Connection& connection, const AddMembers& add);
    void on(Connection& connection, const ReadHistory& read);
    void on(Connection& connection, const RefreshToken& refresh) { admission_.refresh(connection, refresh); }
    void on(Connection& connection, const Beat& beat);
    // ---- in session_side_talk.cpp
    void on(Connection& connection, const Receipt& receipt);
    void on(Connection& connection, const Typing& typing);
    void on(Connection& connection, const ListReceipts& list);
    void on(Connection& connection, const React& react);
    void on(Connection& connection, const ListReactions& list);
    void on(Connection& connection, const ChangeContact& change);
    void on(Connection& connection, const ListContacts& list);
    void request(Connection& connection, RequestId id, ShardId to, ShardMail&& mail);
    /// What this server does not do is refused by name.
    template <class Request>
    void on(Connection& connection, const Request& request) {
        if constexpr (requires { request.id; })
            reject(connection, {.code = ErrorCode::unsupported, .id = request.id});
    }

    void reject(Connection& connection, Rejected rejected);
    [[nodiscard]] LinkId device_link(std::string_view user, std::string_view device);
    [[nodiscard]] SessionRef ref(const Connection& connection) const {
        return {context_.self, connection.link};
    }

    ShardContext& context_;
    Connections& connections_;
    Switchboard& switchboard_;
    Admission admission_;
    Topics topics_;
    FanOutQueue queue_;
    Whispers whispers_;
    Resuming resuming_;
    RateTable user_sends_;
    NameMap<LinkId> devices_;  // the newest session of each device here
    std::string key_;
};

}  // namespace hubbub
