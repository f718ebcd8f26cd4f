// Holds back what slow readers cannot take, and drops what the server's policy says when it is too much.
// A link's outbox cannot be changed any more (frames may be half-written), so under these policies it gets
// half of the bound; the rest waits here. Owned by Connections; its thread only.
#pragma once

#include <map>
#include <optional>

#include "refserver/core/backlog.hpp"
#include "refserver/core/frame_labels.hpp"

namespace hubbub {

struct Connection;
class Connections;

class SlowReaders {
  public:
    SlowReaders(ShardContext& context, Connections& connections)
        : context_(context),
          connections_(connections),
          outbox_bytes_max_(holding() ? context.options.outbox_bytes_max / 2
                                      : context.options.outbox_bytes_max),
          labels_(context) {}

    /// Whether the policy holds anything back at all.
    [[nodiscard]] bool holding() const {
        return context_.options.slow_reader != SlowReaderPolicy::disconnect;
    }
    /// What a link's outbox may have.
    [[nodiscard]] std::size_t outbox_bytes_max() const { return outbox_bytes_max_; }

    /// From now on its frames wait here, in order, until all of them are gone to its outbox.
    void begin(Connection& connection);
    /// False: too much waits, and nothing of it may go: the reader is to be cut. What a resume promised
    /// (`promised`) is bounded by the resume itself and never a reason.
    [[nodiscard]] bool hold(const Connection& connection, const SharedBytes& frame, bool promised);
    [[nodiscard]] std::size_t bytes(const Connection& connection) const;
    /// All at once into the outbox: the connection is about to end in order.
    void flush(Connection& connection);
    /// All of it goes with the connection.
    void forget(Connection& connection);

    void turn();
    [[nodiscard]] Time next_deadline() const { return backlogs_.empty() ? never : look_at_; }

  private:
    using Backlogs = std::map<std::uint64_t, Backlog>;  // by link: they are served in a fixed order

    void take(Backlog& backlog, const FrameLabel& label, const SharedBytes& frame);
    std::optional<FrameClass> drop_one(Backlog& backlog) const;
    void count_dropped(FrameClass what);
    [[nodiscard]] bool about_its_own_leaving(const Connection& connection, const SharedBytes& frame);
    [[nodiscard]] SharedBytes united(const SharedBytes& older, const SharedBytes& newer);
    void hand_out(const Connection& connection, Backlog& backlog, std::size_t most);
    Backlogs::iterator end(Backlogs::iterator place);

    ShardContext& context_;
    Connections& connections_;
    const std::size_t outbox_bytes_max_;
    FrameLabels labels_;
    Backlogs backlogs_;
    std::uint64_t next_ = 0;  ///< the link that is looked at next
    Time look_at_{};
};

}  // namespace hubbub
