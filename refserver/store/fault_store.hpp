// A store on a modelled disk that crashes, loses power, tears the end of its log and fails to sync, on
// request. Owned by the simulated world or by a test; not thread-safe: one thread calls everything.
#pragma once

#include "base/random.hpp"
#include "refserver/store/group_queue.hpp"
#include "refserver/store/power_loss_tail.hpp"
#include "refserver/store/stepped_store.hpp"
#include "refserver/store/table.hpp"

namespace hubbub {

class FaultStore final : public SteppedStore {
  public:
    /// Begins as a new store. `latency` is that of a group commit, whatever the durability.
    FaultStore(Durability durability, Duration latency, OnCommitted on_committed);

    Result<std::optional<std::string>> get(std::string_view key) const override;
    Status scan(std::string_view from, std::string_view to, const Visit& visit) const override;
    Status scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const override;
    void submit(CommitTicket ticket, WriteBatch batch) override;
    [[nodiscard]] Durability durability() const override { return durability_; }
    [[nodiscard]] Time next_deadline() const override { return queue_.next_deadline(); }
    void deliver(Time now) override;

    // ---- faults. Until reopen() reads are errors and submit() is a bug. Queued batches get no completion.
    // A completion may crash the store, but not reopen it.
    /// The process dies: what the operating system has, stays.
    void crash_process();
    /// The machine dies: what was synced, stays, and by chance some of what was not; `tail` is how it ends.
    void power_loss(Tail tail, Random& random);
    /// The next `count` writes to the log report a failure although the operating system has the bytes
    /// (`wal-sync`: a failed sync; `wal`: a failed write; `none` and `memory` write no log). The first one
    /// makes every batch until the next reopen() `unknown_outcome`.
    void fail_next_syncs(std::uint32_t count) { failing_syncs_ = count; }
    /// The whole of memory goes to the synced log, as a database does when its memory is full.
    Status flush();

    /// After a fault: reads the log, cuts a torn tail, and writes what it read once more, synced: after a
    /// failed sync a readable byte is not a byte on the disk. Without a fault before it: an orderly restart,
    /// nothing in memory is lost. Error: a sync failed again; then this may be repeated.
    Status reopen() override;

    /// Bytes of the log, for tests: all, and those that survive a power loss.
    [[nodiscard]] std::size_t log_bytes() const { return log_.size(); }
    [[nodiscard]] std::size_t synced_bytes() const { return synced_; }

  private:
    enum class State : std::uint8_t { open, write_failed, down };

    [[nodiscard]] bool logs() const { return durability_ >= Durability::wal; }
    [[nodiscard]] CommitStatus status() const {
        return state_ == State::open ? CommitStatus::committed : CommitStatus::unknown_outcome;
    }
    void go_down();
    bool sync_fails();
    Status sync();
    void report(const std::vector<CommitTicket>& tickets, CommitStatus status);
    void write(const std::vector<Submission>& group);
    Status close_in_order();

    OnCommitted on_committed_;
    Durability durability_;
    GroupQueue queue_;
    State state_ = State::open;
    std::uint32_t failing_syncs_ = 0;
    std::uint64_t boot_ = 1;

    Table table_;                        // in the process: what reads see
    std::vector<WriteBatch> unflushed_;  // in the process only, not in the log (none, memory)
    std::string log_;                    // in the operating system
    std::size_t synced_ = 0;             // on the disk: the first so many bytes of the log
};

}  // namespace hubbub
