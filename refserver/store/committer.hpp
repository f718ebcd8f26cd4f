// The one thread that writes: takes everything all shards have submitted, writes it as one group, reports it.
// Owned by a live store. submit() is called by any thread; write and report run on the committer's own
// thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/counter.hpp"
#include "refserver/store/group_queue.hpp"

namespace hubbub {

class Committer {
  public:
    /// Writes a group, all or nothing. False: its outcome is unknown; it is not called again.
    using Write = std::function<bool(std::span<const Submission> group)>;
    /// before: durability `none`, a batch is reported before it is written.
    enum class Report : std::uint8_t { after_write, before_write };

    Committer(Report report, Write write, OnCommitted on_committed);
    /// As stop().
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// One thread a shard. Never blocks on the disk.
    void submit(CommitTicket ticket, WriteBatch batch);
    /// Writes and reports what was submitted, then ends the thread. Nothing may be submitted any more.
    void stop();
    /// Groups written so far; any thread.
    [[nodiscard]] std::uint64_t groups() const { return groups_.get(); }
    /// A write failed. Exact after stop().
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    void run();
    bool take(std::vector<Submission>& all);
    void commit(std::span<const Submission> group);
    void report(std::span<const Submission> group);

    const Report when_;
    const Write write_;
    const OnCommitted on_committed_;
    bool failed_ = false;  // the thread's own until stop()
    RelaxedCounter groups_;

    std::mutex mutex_;  // guards everything below it
    std::condition_variable submitted_;
    TicketOrder order_;
    std::vector<Submission> waiting_;
    std::vector<std::size_t> waiting_of_shard_;
    bool stopping_ = false;

    std::thread thread_;  // last: it starts with everything above in place
};

}  // namespace hubbub
