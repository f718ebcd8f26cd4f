// What the owner side and the session side of a shard hand each other when both are on the same thread: as
// the mails of mail.hpp, but borrowing strings and sharing frames. Values of one thread, alive for one call.
#pragma once

#include <string_view>
#include <vector>

#include "base/shared_bytes.hpp"
#include "refserver/core/mail.hpp"

namespace hubbub {

/// No link has this id: slots come in millions at most.
inline constexpr LinkId no_link{UINT64_MAX};

struct SendRequest {
    SessionRef session;
    std::string_view user, device;
    ConversationId conversation;
    WireNumber number = 0;
    std::string_view body;
    /// The user sends too often: a new message is to be refused with this hint. What was accepted before gets
    /// its answer all the same. 0: within the limits.
    std::uint32_t refuse_for_ms = 0;
    SendOp op = SendOp::text;
    Sequence target = 0;
};

struct AttachAnswer {
    ResumedPosition position;
    Ticket ticket = 0;
    bool cut = false;
    Sequence until = 0;
    std::vector<SharedBytes> frames;
};
struct Attached {
    SessionRef session;
    ShardId owner;
    std::vector<AttachAnswer> answers;
    bool complete = false;
};

struct Answer {
    SessionRef session;
    SharedBytes frame;
    ConversationId conversation;
    Sequence sequence = 0;
};

struct FanOut {
    ConversationId conversation;
    Sequence sequence = 0;
    SharedBytes frame;
    std::string_view user, device;
    SharedBytes ack;
    std::string_view hidden_user, hidden_device;
};

struct Whisper {
    ConversationId conversation;
    SharedBytes frame;
    std::string_view user, device;
};

}  // namespace hubbub
