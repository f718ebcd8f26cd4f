#include "loadgen/runner/worker_host.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
/// How stale a status may be: finer than the conductor's polling, too rare to cost anything.
constexpr Duration publish_interval = 20ms;
/// Orders are a handful a phase; more waiting is a bug.
constexpr std::size_t orders_max = 1'000;

}  // namespace

WorkerHost::WorkerHost(const Plan& plan, Slice slice, RunKey key, const LoopOptions& loop_options,
                       const Clock& clock, const WorkerOptions& options)
    : loop_(loop_options, clock), worker_(plan, slice, key, loop_, options), orders_(orders_max) {
    loop_.set_owner(*this);
    loop_.add_task(*this);
}

WorkerHost::~WorkerHost() {
    stop();
}

void WorkerHost::start() {
    thread_ = std::thread([this] { loop_.run(); });
}

void WorkerHost::stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

void WorkerHost::put(Order order) {
    ++given_;
    if (orders_.put(std::move(order)) == Inbox<Order>::Put::first) loop_.wake();
}

void WorkerHost::order(WorkerCommand command) {
    put([command = std::move(command)](Worker& worker, Time now) { worker.obey(command, now); });
}

void WorkerHost::visit(const std::function<void(Worker&)>& look) {
    put([&look](Worker& worker, Time) { look(worker); });
    (void)settled_status();
}

WorkerStatus WorkerHost::settled_status() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return published_obeyed_ == given_; });
    return published_;
}

WorkerStatus WorkerHost::status() const {
    const std::lock_guard lock(mutex_);
    return published_;
}

void WorkerHost::opened(LinkId link, std::uint64_t token, Time now) {
    worker_.opened(link, token, now);
}

void WorkerHost::dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) {
    worker_.dial_failed(token, why, detail, now);
}

void WorkerHost::received(LinkId link, std::span<char> bytes, Time now) {
    worker_.received(link, bytes, now);
}

void WorkerHost::closed(LinkId link, LinkEnd why, Time now) {
    worker_.closed(link, why, now);
}

void WorkerHost::drain(Time now) {
    worker_.at(now);
    orders_.take(taken_);
    for (const Order& order : taken_) {
        order(worker_.worker(), now);
        ++obeyed_;
        next_publish_ = Time{};  // whoever gave the order waits for the state after it
    }
    taken_.clear();
}

void WorkerHost::turn(Time now) {
    worker_.turn(now);
    unpublished_ = true;
    if (now >= next_publish_) publish(now);
}

Time WorkerHost::next_deadline() const {
    return unpublished_ ? std::min(worker_.next_deadline(), next_publish_) : worker_.next_deadline();
}

void WorkerHost::publish(Time now) {
    {
        const std::lock_guard lock(mutex_);
        published_ = worker_.worker().status();
        published_obeyed_ = obeyed_;
    }
    changed_.notify_one();
    next_publish_ = now + publish_interval;
    unpublished_ = false;
}

}  // namespace hubbub
