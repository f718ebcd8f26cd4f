// One shard thread: a loop, the shard's core, and the inbox for mails and commits from other threads.
// Built by Server on the main thread, then lives on its own; post() and committed() may be called by any
// thread.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "base/time.hpp"
#include "refserver/core/shard.hpp"
#include "refserver/server/shared_gate.hpp"
#include "transport/inbox.hpp"
#include "transport/loop.hpp"

namespace hubbub {

class ShardHost final : public LinkOwner, public LoopTask, public Mailroom {
  public:
    /// `hosts`: all of them, filled before start(); a mail to another shard goes into its host's inbox.
    ShardHost(ShardId self, const ServerOptions& options, const LoopOptions& loop_options, const Clock& clock,
              Store& store, Random random, SabotageTruth& truth, Log& log,
              const std::vector<std::unique_ptr<ShardHost>>& hosts);
    ~ShardHost() override;

    Result<std::uint16_t> listen(const std::string& address, std::uint16_t port) {
        return loop_.listen(address, port);
    }
    /// Who gets mails for shard numbers beyond the last; before start(), outlives the thread.
    void set_outside(Mailroom& outside) { outside_ = &outside; }
    void start();
    /// Ends the thread after its current turn. Links are closed without a word.
    void stop();

    // ---- from any thread
    /// Sends everybody away, to come back spread over `spread`; whoever comes from now on, too.
    void send_away(Duration spread);
    /// No further connections: those that wait to be accepted are reset.
    void stop_listening();
    /// What the two asked for has begun.
    [[nodiscard]] bool away_begun() const { return away_begun_.load(); }
    [[nodiscard]] bool listening() const { return listening_.load(); }
    void committed(std::uint64_t batch, CommitStatus status);
    /// A mail from anywhere; false: the queue is full, and it is untouched.
    [[nodiscard]] bool receive(ShardMail&& mail);
    /// Counts those who leave. Before start().
    void set_gate(SharedGate* gate) { gate_ = gate; }
    [[nodiscard]] const ShardCounters& counters() const { return shard_.counters(); }
    [[nodiscard]] const LoopStats& loop_stats() const { return loop_.stats(); }

    // ---- Mailroom, for the own shard
    bool post(ShardId to, ShardMail&& mail) override;

    // ---- LoopTask
    void drain(Time now) override;

    // ---- LinkOwner: handed on to the shard
    void opened(LinkId link, std::uint64_t token, Time now) override { shard_.opened(link, token, now); }
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override {
        shard_.dial_failed(token, why, detail, now);
    }
    void received(LinkId link, std::span<char> bytes, Time now) override {
        shard_.received(link, bytes, now);
    }
    void closed(LinkId link, LinkEnd why, Time now) override {
        if (gate_) gate_->left();
        shard_.closed(link, why, now);
    }
    void turn(Time now) override { shard_.turn(now); }
    [[nodiscard]] Time next_deadline() const override { return shard_.next_deadline(); }

  private:
    void obey(Time now);

    struct Commit {
        std::uint64_t batch;
        CommitStatus status;
    };
    const ShardId self_;
    const std::vector<std::unique_ptr<ShardHost>>& hosts_;
    Mailroom* outside_ = nullptr;
    Loop loop_;
    Inbox<ShardMail> mails_;
    Inbox<Commit> commits_;
    std::vector<ShardMail> taken_mails_;
    std::vector<Commit> taken_commits_;
    Shard shard_;
    std::atomic<std::int64_t> away_spread_micros_{-1};  // -1: nobody asked yet
    std::atomic<bool> away_begun_{false}, listening_{true}, stop_listening_{false};
    SharedGate* gate_ = nullptr;
    std::thread thread_;
};

}  // namespace hubbub
