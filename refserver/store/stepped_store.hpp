// A store that a virtual time line drives: it commits only inside deliver(), and says when that is next due.
// Owned by the simulated world or by a test; not thread-safe: one thread calls everything.
#pragma once

#include "base/time.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

class SteppedStore : public Store {
  public:
    /// When deliver() has something to do. Time::min(): batches wait for a commit to begin; call deliver() in
    /// this same instant, since the commit takes its latency from there. `never`: nothing is queued.
    [[nodiscard]] virtual Time next_deadline() const = 0;

    /// Ends the group commit that is due by `now`, reports its batches in the order of submission, and begins
    /// the next group with everything that waits. A completion may submit() again. One group a call: call
    /// until next_deadline() > now.
    virtual void deliver(Time now) = 0;

    /// A new server starts on what the store still holds: queued batches are gone without a completion,
    /// tickets start from 1 again. Errors: the stored data cannot be read.
    virtual Status reopen() = 0;
};

}  // namespace hubbub
