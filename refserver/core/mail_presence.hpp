// What shards say to each other about who is there: session shards to a user's home, and back.
// Owns its strings; it crosses threads. Part of the mails of mail.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "protocol/messages.hpp"
#include "refserver/core/session_ref.hpp"

namespace hubbub {

/// What a session shard knows of a device's life.
enum class Liveness : std::uint8_t {
    here,
    away,  ///< two beats were missed
    lost,  ///< its link ended without a farewell: it may come back, or its silence is waited for
    gone,  ///< it said goodbye, or was silent for the whole TTL
};

// ---- session shard -> home of the user

struct DeviceLifeMail {
    SessionRef session;
    std::string user;
    std::uint64_t device = 0;  ///< hash of its name
    Liveness life = Liveness::here;
    Time hello{};  ///< of this session: of two sessions of one device the later counts
    Time heard{};  ///< its last frame
};
struct SetPresenceMail {
    SessionRef session;
    RequestId id = 0;
    std::string user;
    PresenceState state = PresenceState::online;
};
/// The users of one watch frame that have this home.
struct WatchMail {
    SessionRef session;
    RequestId id = 0;
    std::string viewer;
    std::vector<std::string> users;
    bool on = true;
};
/// The session ended: it watches nobody any more.
struct ForgetWatchesMail {
    SessionRef session;
};

// ---- home -> session shard

struct WatchedMail {
    SessionRef session;
    RequestId id = 0;
    std::uint32_t asked = 0;    ///< users of the WatchMail
    std::uint32_t changed = 0;  ///< of them, newly watched, or watched no more
    bool on = true;
    bool full = false;                ///< some have as many watchers as a user may have, and were left out
    std::vector<std::string> frames;  ///< how the users stand: an encoded WebSocket frame each
};
/// All that one home has to tell one shard in a turn.
struct PresenceNewsMail {
    struct News {
        std::string frame;
        std::vector<LinkId> to;
    };
    std::vector<News> news;
};

}  // namespace hubbub
