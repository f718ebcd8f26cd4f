// One worker thread: a loop, the worker's core, commands in and status out.
// Built by the runner on the main thread, then lives on its own; order(), status() and visit() are the main
// thread's.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "loadgen/client/traced_worker.hpp"
#include "transport/inbox.hpp"
#include "transport/loop.hpp"

namespace hubbub {

class WorkerHost final : public LinkOwner, public LoopTask {
  public:
    WorkerHost(const Plan& plan, Slice slice, RunKey key, const LoopOptions& loop_options, const Clock& clock,
               const WorkerOptions& options);
    ~WorkerHost() override;

    void start();
    void stop();

    void order(WorkerCommand command);
    /// The state after at least every order given so far; waits for it.
    [[nodiscard]] WorkerStatus settled_status();
    /// A recent state, without waiting.
    [[nodiscard]] WorkerStatus status() const;
    /// Runs `look` on the worker's thread and waits: the only way to its core while it runs.
    void visit(const std::function<void(Worker&)>& look);
    /// After stop().
    [[nodiscard]] Worker& worker() { return worker_.worker(); }
    [[nodiscard]] const LoopStats& loop_stats() const { return loop_.stats(); }

    // ---- LoopTask
    void drain(Time now) override;

    // ---- LinkOwner: handed on to the worker
    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override;

  private:
    using Order = std::function<void(Worker&, Time)>;
    void put(Order order);
    void publish(Time now);

    Loop loop_;
    TracedWorker worker_;
    Inbox<Order> orders_;
    std::vector<Order> taken_;
    std::uint64_t given_ = 0;   ///< orders put; main thread
    std::uint64_t obeyed_ = 0;  ///< worker thread

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    WorkerStatus published_;
    std::uint64_t published_obeyed_ = 0;
    Time next_publish_{};
    bool unpublished_ = true;
    std::thread thread_;
};

}  // namespace hubbub
