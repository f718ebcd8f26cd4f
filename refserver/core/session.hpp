// Who is at the other end of a connection, what it listens to, and how far its resume has come.
// Owned by its Connection; the session side of one shard reads and writes it; its thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "refserver/core/authenticator.hpp"
#include "refserver/core/mail.hpp"

namespace hubbub {

/// One place among a conversation's subscribers of this shard.
struct Subscription {
    std::uint32_t topic = 0;
    std::uint32_t slot = 0;
};

/// What a session still wants to know from one owner shard.
struct OwnerQuestions {
    std::deque<AttachQuestion> waiting;  ///< the first `asked` of them have been asked
    std::size_t asked = 0;
    bool complete_wanted = false;
    bool cursors_wanted = false;  ///< with the complete answer
    bool complete_asked = false;
    [[nodiscard]] bool idle() const { return waiting.empty() && !complete_wanted; }
    [[nodiscard]] bool outstanding() const { return asked != 0 || complete_asked; }
};

/// Exists while a resume is under way.
struct Resumption {
    std::vector<OwnerQuestions> owners;  ///< by shard
    /// Positions and complete-questions that are not answered to their end yet: `pending` of the resumed
    /// frames.
    std::uint32_t pending = 0;
    std::uint32_t unasked = 0;  ///< of them, those that the client did not ask for and does not count
    bool asking = false;        ///< guards against answers of the own shard that come within the question
    bool stalled = false;       ///< in the list of those that wait for room
};

/// Exists once the session watched anybody.
struct Watching {
    explicit Watching(std::uint32_t shards) : homes(shards) {}
    struct Asked {
        RequestId id = 0;
        std::uint32_t homes = 0;  ///< that have not answered
        bool full = false;
    };
    std::vector<Asked> asked;
    std::vector<bool> homes;  ///< that may know of this session, by shard
    std::uint32_t users = 0;
};

struct Session {
    std::string user, device;
    std::vector<Subscription> subscriptions;  ///< rising by topic
    std::unique_ptr<Resumption> resumption;
    std::unique_ptr<Credentials> credentials;  ///< null on a server without authentication
    [[nodiscard]] Time expires() const { return credentials ? credentials->expires : never; }
    std::unique_ptr<Watching> watching;
    Time hello{};
    bool receipts_dropped = false;  ///< some met a full queue since its last list of receipts
    bool said_goodbye = false;      ///< its user's home was told that it is gone
};

}  // namespace hubbub
