// A store in memory with a commit latency, for the simulator and for tests of the server's core.
// Owned by the simulated world or by a test; not thread-safe: one thread calls everything.
#pragma once

#include "refserver/store/group_queue.hpp"
#include "refserver/store/stepped_store.hpp"
#include "refserver/store/table.hpp"

namespace hubbub {

class MemoryStore final : public SteppedStore {
  public:
    /// With durability `none` a group is reported when its commit begins and visible when it ends; with the
    /// others both happen at the end. A reopen() keeps everything that was visible.
    MemoryStore(Duration latency, OnCommitted on_committed, Durability durability = Durability::memory);

    Result<std::optional<std::string>> get(std::string_view key) const override { return table_.get(key); }
    Status scan(std::string_view from, std::string_view to, const Visit& visit) const override;
    Status scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const override;
    void submit(CommitTicket ticket, WriteBatch batch) override;
    [[nodiscard]] Durability durability() const override { return durability_; }

    [[nodiscard]] Time next_deadline() const override { return queue_.next_deadline(); }
    void deliver(Time now) override;
    Status reopen() override;

  private:
    OnCommitted on_committed_;
    Durability durability_;
    GroupQueue queue_;
    Table table_;
};

}  // namespace hubbub
