// Group commit as a pure machine: batches wait while one group is being committed, then go as the next group.
// Owned by one stepped store; its thread only.
#pragma once

#include <map>
#include <vector>

#include "base/time.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

struct Submission {
    CommitTicket ticket;
    WriteBatch batch;
};

/// Checks what every store relies on: each shard numbers its batches 1, 2, 3 ...
class TicketOrder {
  public:
    void check(CommitTicket ticket);
    void clear() { last_.clear(); }

  private:
    std::map<ShardId, std::uint64_t> last_;
};

class GroupQueue {
  public:
    /// `latency`: from the begin of a group's commit to its end, as one synced write of any size takes about
    /// the same time.
    explicit GroupQueue(Duration latency) : latency_(latency) {}

    void add(CommitTicket ticket, WriteBatch batch);
    /// The group whose commit has ended by `now`, or nothing.
    std::vector<Submission> end_group(Time now);
    /// Makes everything that waits the next group, unless one is being committed. Returns the new group
    /// (empty: none was begun), valid until end_group().
    const std::vector<Submission>& begin_group(Time now);
    /// As SteppedStore::next_deadline().
    [[nodiscard]] Time next_deadline() const;
    /// Forgets everything, tickets too.
    void clear();

  private:
    Duration latency_;
    TicketOrder order_;
    std::vector<Submission> waiting_;
    std::vector<Submission> group_;
    Time due_ = never;
};

}  // namespace hubbub
