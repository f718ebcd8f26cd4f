// A conversation as its owner shard holds it: members, where the log stands, who listens, and the last
// frames. Owned by Conversations; its thread only.
#pragma once

#include <algorithm>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "refserver/core/answers.hpp"
#include "refserver/core/names.hpp"
#include "refserver/core/records.hpp"
#include "refserver/core/rate_limit.hpp"

namespace hubbub {

struct Member {
    UserSlot user;
    Sequence joined = 0;
};

/// A committed entry as recipients get it. `number` 0: not a message.
struct RecentEntry {
    Sequence sequence = 0;
    SharedBytes frame;
    DeviceSlot device;
    SendOp op = SendOp::text;
    WireNumber number = 0;
};

/// What one device sends into one conversation.
struct Sender {
    SenderState accepted;      ///< in memory ahead of the store by what is uncommitted
    WireNumber committed = 0;  ///< the highest n that may be acknowledged
    SessionRef session;        ///< where its acks go: the session that sent last
    DeviceSlot device;
    bool dirty = false;  ///< changed in the batch that is being filled
    [[nodiscard]] std::size_t in_flight() const { return accepted.last() - committed; }
};

struct Conversation {
    ConversationId id;
    ConversationClass kind = ConversationClass::group;
    Epoch epoch = 1;
    std::string creator;
    Sequence last = 0;            ///< the newest assigned number
    Sequence committed = 0;       ///< the head that others may know of
    std::vector<Member> members;  ///< rising by slot
    RateBucket sends;             ///< ServerOptions::limits

    struct Listener {
        ShardId shard;
        Ticket ticket = 0;
    };
    std::vector<Listener> listeners;  ///< shards with subscribers, in the order of their first attachment
    std::vector<UserSlot> blockers;   ///< direct only: members that block another, once they are known
    bool blockers_known = false;
    std::unordered_map<DeviceSlot, Sender> senders;
    std::deque<RecentEntry> recent;
    std::optional<std::list<Conversation*>::iterator> recent_place;  ///< in the order of last use

    /// The user's `joined` entry if that is committed; nothing otherwise.
    [[nodiscard]] std::optional<Sequence> joined(UserSlot user) const {
        const auto found = place(user);
        if (found == members.end() || found->user != user || found->joined > committed) return std::nullopt;
        return found->joined;
    }
    /// Members whose `joined` entry is not committed yet included.
    [[nodiscard]] const Member* named(UserSlot user) const {
        const auto found = place(user);
        return found == members.end() || found->user != user ? nullptr : &*found;
    }
    [[nodiscard]] Listener* listener(ShardId shard) {
        for (Listener& listener : listeners)
            if (listener.shard == shard) return &listener;
        return nullptr;
    }

  private:
    [[nodiscard]] std::vector<Member>::const_iterator place(UserSlot user) const {
        return std::lower_bound(members.begin(), members.end(), user,
                                [](const Member& member, UserSlot wanted) { return member.user < wanted; });
    }
};

}  // namespace hubbub
