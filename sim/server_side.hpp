// The simulated server process: its shards around one store, its mails; it can die and come back.
// Owned by the world; one thread.
#pragma once

#include <memory>
#include <vector>

#include "refserver/core/shard.hpp"
#include "refserver/store/fault_store.hpp"
#include "sim/mail_heap.hpp"
#include "sim/net.hpp"

namespace hubbub::sim {

class ServerSide {
  public:
    ServerSide(const ServerOptions& options, Durability durability, Duration commit_latency,
               Duration mail_delay_max, std::uint64_t seed, Net& net, SabotageTruth& truth);

    /// Builds the shards on what the store holds and accepts connections again.
    void start();
    /// The process ends without a word. power: the machine too, so that what was not synced is gone.
    void die(bool power, Time now);
    /// The process stands still: it takes and says nothing until thaw().
    void freeze();
    void thaw(Time now);
    /// Sends everybody away in order; whoever dials from now on is refused.
    void drain(Duration spread, Time now);
    [[nodiscard]] bool running() const { return !shards_.empty(); }

    [[nodiscard]] Time next_deadline() const;
    /// A participant of the net got something at `now`.
    void touched(Net::Side side);
    /// Commits, mails and turns that are due; ends when nothing is left to do at `now`.
    void work(Time now);

  private:
    struct Host {
        Net::Side side = 0;
        std::unique_ptr<Shard> shard;
        bool touched = false;
    };
    /// One shard's way to the others.
    class Post final : public Mailroom {
      public:
        Post(ServerSide& server, ShardId self) : server_(server), self_(self) {}
        bool post(ShardId to, ShardMail&& mail) override;

      private:
        ServerSide& server_;
        ShardId self_;
    };

    bool step(Time now);

    ServerOptions options_;
    Random random_;
    Net& net_;
    SabotageTruth& truth_;
    SilentLog log_;
    Time now_{};
    MailHeap mails_;
    FaultStore store_;
    std::vector<Post> posts_;
    std::vector<Host> shards_;
    std::uint64_t starts_ = 0;
    bool frozen_ = false;
};

}  // namespace hubbub::sim
