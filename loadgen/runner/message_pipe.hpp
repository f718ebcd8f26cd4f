// Whole messages between two processes of one machine, each behind its length, over a pair of local sockets.
// Each end is owned by one process; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/descriptor.hpp"

namespace hubbub {

class MessagePipe {
  public:
    /// The two ends.
    static Result<std::pair<MessagePipe, MessagePipe>> make();

    /// Waits until all of it has gone. False: nobody is there any more, or nothing moved for `patience`.
    bool send(std::string_view message);
    /// The next message; nothing when nobody is there any more, or nothing came for `patience`.
    std::optional<std::string> receive();

    /// How long the other end may do nothing; never: for ever. Evidence of a large run takes seconds to
    /// write.
    Duration patience = std::chrono::minutes{1};

  private:
    explicit MessagePipe(Descriptor fd) : fd_(std::move(fd)) {}
    bool ready(short events) const;
    bool receive_all(char* to, std::size_t size);
    bool send_all(const char* from, std::size_t size);

    Descriptor fd_;
};

}  // namespace hubbub
