#include "refserver/store/committer.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

// Batches written together: a sync is paid off long before (docs/STORAGE.md, figures), and the first batch of
// a backlog must not wait until the last one is written.
constexpr std::size_t group_batches_max = 4096;

// A shard stops taking sends at uncommitted_max. Twice that in this queue alone means that it did not.
constexpr std::size_t waiting_max = 2 * limits::uncommitted_max;

}  // namespace

Committer::Committer(Report report, Write write, OnCommitted on_committed)
    : when_(report),
      write_(std::move(write)),
      on_committed_(std::move(on_committed)),
      thread_([this] { run(); }) {}

Committer::~Committer() {
    stop();
}

void Committer::submit(CommitTicket ticket, WriteBatch batch) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        HUBBUB_ASSERT(!stopping_, "shards stop before their store");
        order_.check(ticket);
        if (ticket.shard.index() >= waiting_of_shard_.size())
            waiting_of_shard_.resize(ticket.shard.index() + 1);
        const std::size_t waiting = ++waiting_of_shard_[ticket.shard.index()];
        HUBBUB_ASSERT(waiting <= waiting_max, "a shard bounds what it has uncommitted");
        wake = waiting_.empty();  // else the thread is busy or already woken
        waiting_.push_back({ticket, std::move(batch)});
    }
    if (wake) submitted_.notify_one();
}

void Committer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    submitted_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Committer::take(std::vector<Submission>& all) {
    all.clear();
    std::unique_lock lock(mutex_);
    submitted_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    all.swap(waiting_);
    std::fill(waiting_of_shard_.begin(), waiting_of_shard_.end(), 0);
    return !all.empty();
}

void Committer::run() {
    std::vector<Submission> all;
    while (take(all)) {
        for (std::span<const Submission> rest = all; !rest.empty();) {
            const std::size_t size = std::min(rest.size(), group_batches_max);
            commit(rest.first(size));
            rest = rest.subspan(size);
        }
    }
}

void Committer::commit(std::span<const Submission> group) {
    if (when_ == Report::before_write) report(group);
    // After a failure nothing is written: a later batch on the disk without an earlier one would be a hole,
    // and a second sync may report success for bytes that the first one lost.
    if (!failed_ && !write_(group)) failed_ = true;
    groups_.add();
    if (when_ == Report::after_write) report(group);
}

void Committer::report(std::span<const Submission> group) {
    const CommitStatus status = failed_ ? CommitStatus::unknown_outcome : CommitStatus::committed;
    for (const Submission& submission : group) on_committed_(submission.ticket, status);
}

}  // namespace hubbub
