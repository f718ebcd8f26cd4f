// A worker with the adapter of its plan's target, and the trace of one of its users where that is asked for.
// Pure; owned by who hosts the worker (a thread, or the world in virtual time), its thread only.
#pragma once

#include <memory>

#include "loadgen/client/frame_trace.hpp"
#include "loadgen/client/worker.hpp"

namespace hubbub {

class TracedWorker final : public LinkOwner {
  public:
    TracedWorker(const Plan& plan, Slice slice, RunKey key, Links& links, const WorkerOptions& options);

    /// Before anything else that makes the worker speak: the time that the trace shows.
    void at(Time now);
    [[nodiscard]] Worker& worker() { return worker_; }
    [[nodiscard]] const Worker& worker() const { return worker_; }

    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override { return worker_.next_deadline(); }

  private:
    const std::unique_ptr<FrameTrace> trace_;  ///< null: nobody of this worker is traced
    Worker worker_;
};

}  // namespace hubbub
