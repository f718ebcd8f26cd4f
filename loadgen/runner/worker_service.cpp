#include "loadgen/runner/worker_service.hpp"

#include "loadgen/runner/dialing.hpp"
#include "loadgen/runner/machine.hpp"
#include "loadgen/runner/thread_seat.hpp"
#include "loadgen/runner/worker_mail.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {
namespace {

class WorkerService {
  public:
    WorkerService(const Plan& plan, const WorkerOptions& options, MessagePipe& pipe)
        : plan_(plan), options_(options), pipe_(pipe) {}

    bool serve() {
        // The run may be waiting for its setup for long, and when it ends, so does this process.
        pipe_.patience = Duration::max();
        while (!finished_) {
            const auto bytes = pipe_.receive();
            if (!bytes) return false;
            const auto request = mail_from<WorkerRequest>(*bytes);
            if (!request || !std::visit([this](const auto& each) { return obey(each); }, *request))
                return false;
        }
        return true;
    }

  private:
    template <class T>
    bool answer(const T& value) {
        return pipe_.send(mail_of(value));
    }

    bool obey(const worker_request::Begin& begin) {
        const auto dialed = dialing(plan_, begin.urls);
        if (!dialed) return answer(dialed.error().message);
        seat_.emplace(plan_, begin.share, begin.key, *dialed, options_, clock_);
        return answer(std::string());
    }
    bool obey(const worker_request::Order& order) { return seat_ && seat_->order(order.command); }
    bool obey(const worker_request::Statuses&) {
        std::vector<WorkerStatus> out;
        return seat_ && seat_->add_statuses(out) && answer(out);
    }
    bool obey(const worker_request::Heads&) {
        std::vector<Sequence> out(plan_.conversations.size());
        return seat_ && seat_->raise_heads(out) && answer(out);
    }
    bool obey(const worker_request::Latencies&) {
        RunLatencies out;
        return seat_ && seat_->add_latencies(out) && answer(out);
    }
    bool obey(const worker_request::Finish&) {
        SeatFindings findings;
        if (!seat_ || !seat_->finish(findings)) return false;
        Found found{{}, findings.loop_lag, findings.system_calls, own_cpu_seconds()};
        for (const WorkerFindings& worker : findings.workers) found.workers.push_back(to_bytes(worker));
        finished_ = true;
        return answer(found);
    }

    const Plan& plan_;
    const WorkerOptions& options_;
    MessagePipe& pipe_;
    MonotonicClock clock_;
    std::optional<ThreadSeat> seat_;
    bool finished_ = false;
};

}  // namespace

bool serve_worker(const Plan& plan, const WorkerOptions& options, MessagePipe& pipe) {
    return WorkerService(plan, options, pipe).serve();
}

}  // namespace hubbub
