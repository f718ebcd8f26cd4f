#include "loadgen/client/traced_worker.hpp"

namespace hubbub {
namespace {

std::unique_ptr<FrameTrace> make_trace(const Plan& plan, const Slice& slice, const RunKey& key,
                                       const WorkerOptions& options, Links& links) {
    if (!options.trace) return nullptr;
    const UserIndex user = options.trace->user;
    if (user.value < slice.first_user || user.value >= slice.last_user) return nullptr;
    const auto adapter = make_adapter(plan.scenario->target).value();
    return std::make_unique<FrameTrace>(plan, slice, user, key.epoch, adapter->subprotocol(), links,
                                        options.trace->line);
}

}  // namespace

TracedWorker::TracedWorker(const Plan& plan, Slice slice, RunKey key, Links& links,
                           const WorkerOptions& options)
    : trace_(make_trace(plan, slice, key, options, links)),
      worker_(plan, slice, key, trace_ ? static_cast<Links&>(*trace_) : links,
              make_adapter(plan.scenario->target).value(), options) {}

void TracedWorker::at(Time now) {
    if (trace_) trace_->at(now);
}

void TracedWorker::opened(LinkId link, std::uint64_t token, Time now) {
    at(now);
    if (trace_) trace_->opened(link, token);
    worker_.opened(link, token, now);
}

void TracedWorker::dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) {
    at(now);
    if (trace_) trace_->dial_failed(token, why, detail);
    worker_.dial_failed(token, why, detail, now);
}

void TracedWorker::received(LinkId link, std::span<char> bytes, Time now) {
    at(now);
    if (trace_) trace_->received(link, {bytes.data(), bytes.size()});
    worker_.received(link, bytes, now);
}

void TracedWorker::closed(LinkId link, LinkEnd why, Time now) {
    at(now);
    if (trace_) trace_->closed(link, why);
    worker_.closed(link, why, now);
}

void TracedWorker::turn(Time now) {
    at(now);
    worker_.turn(now);
}

}  // namespace hubbub
