// How fast a device sends where the backend said that it sent too much: one try after the other, as far apart
// as those that were taken, and a little closer after each row of them.
// Owned by one client of a worker core; its thread only. No clock of its own.
//
// Which limit was met is not said. As long as one stream alone was refused, only it waits for its turn: the
// limit may be the conversation's. From the second one on it is taken for the device's, and all wait.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hubbub {

class SendPace {
  public:
    /// Tries that were taken in a row before the next ones come closer, by an eighth of their distance.
    static constexpr std::uint32_t row_before_faster = 8;
    /// Closer than that it is no limit any more.
    static constexpr Duration no_limit_below = std::chrono::milliseconds{5};
    /// A distance that was measured across something else, such as a reconnect, is not believed.
    static constexpr Duration longest = std::chrono::seconds{5};

    SendPace(StreamIndex refused, Time next, Time now);
    /// Another send was refused; the next one may be tried at `next`.
    void refused(StreamIndex stream, Time next);
    /// A try leaves. There is one at a time.
    void sent(Time now);
    void acked();
    /// Whether sends of this stream wait for their turn.
    [[nodiscard]] bool holds(StreamIndex stream) const { return all_ || stream == first_; }
    /// When the next try may leave.
    [[nodiscard]] Time next() const { return next_; }
    /// The last tries were taken, however close they came.
    [[nodiscard]] bool over() const { return between_ < no_limit_below; }

    Time wake_at = never;  ///< for whoever keeps the alarm

  private:
    StreamIndex first_;     ///< that was refused
    bool all_ = false;      ///< another one was refused as well
    bool too_many_ = true;  ///< something was refused since a try was taken
    Time tried_at_ = never, taken_at_ = never, next_;
    Duration between_;       ///< two tries
    std::uint32_t row_ = 0;  ///< tries taken since the last refusal or the last step
};

}  // namespace hubbub
