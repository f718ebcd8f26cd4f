// Where requests wait for what shards answer: each device with requests under way is a session of the shard
// number `shards()`, so that owners treat it like any other. Owned by the Api; its thread only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "protocol/codec.hpp"
#include "refserver/api/api_call.hpp"
#include "refserver/api/api_door.hpp"
#include "refserver/api/api_host.hpp"

namespace hubbub {

class ApiDesk {
  public:
    ApiDesk(ApiHost& host, ApiDoor& door) : host_(host), door_(door) {}

    /// `message`: a message of the protocol without its `id`, as a client would send it. It is checked by the
    /// protocol's own decoder, so that both ways in refuse the same. `success`: the status of a good answer.
    void ask(ApiCall&& call, boost::json::object message, int success, Time now);
    /// An answer of a shard.
    void deliver(const ShardMail& mail);
    /// The device's names, as `hello` would check them.
    [[nodiscard]] bool names_are_good(const std::string& user, const std::string& device);

  private:
    struct Waiting {
        HttpServer::Answer answer;
        int success = 200;
        Time since{};
    };
    /// One send may be asked for several times before its commit: all of them get the one answer.
    using SendKey = std::pair<ConversationId, WireNumber>;
    struct Device {
        std::string name;  ///< user NUL device
        std::map<RequestId, Waiting> requests;
        std::multimap<SendKey, Waiting> sends;
        [[nodiscard]] std::size_t size() const { return requests.size() + sends.size(); }
    };

    /// For those that no shard will ever answer: a send that its device repeated elsewhere meanwhile.
    struct Expiry {
        Time since;
        std::uint64_t link = 0;
        RequestId id = 0;
        SendKey send;
    };

    SessionRef session_of(const ApiCall& call);
    bool post(const ApiCall& call, const SessionRef& session, const ClientMessage& message, Time now);
    template <class Waits, class Key>
    void answer_all(std::uint64_t link, Waits& waits, const Key& key, std::string_view json,
                    const ServerMessage& message);
    void forget(Time now);
    void forget_idle(std::uint64_t link);

    ApiHost& host_;
    ApiDoor& door_;
    std::unique_ptr<Codec> decoder_ = make_json_codec(), answers_ = make_json_codec();
    std::map<std::string, std::uint64_t, std::less<>> links_;  // by name
    std::map<std::uint64_t, Device> devices_;                  // by link
    std::deque<Expiry> expiries_;
    std::size_t waiting_ = 0;
    std::uint64_t last_link_ = 0;
    RequestId last_id_ = 0;
};

}  // namespace hubbub
