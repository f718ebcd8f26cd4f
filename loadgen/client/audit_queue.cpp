#include "loadgen/client/audit_queue.hpp"

namespace hubbub {

void AuditQueue::add(ConversationIndex conversation, std::uint32_t client, Sequence from) {
    AuditJob job;
    job.conversation = conversation;
    job.client = client;
    job.next = from;
    ready_.push_back(static_cast<std::uint32_t>(jobs_.size()));
    jobs_.push_back(job);
    ++pending_;
}

void AuditQueue::finish(std::uint32_t job) {
    release(job);
    jobs_[job].open = false;
    --pending_;
    // One place became free at this reader.
    Reader& reader = readers_[jobs_[job].client];
    if (reader.parked.empty()) return;
    ready_.push_front(reader.parked.front());
    reader.parked.pop_front();
}

void AuditQueue::park(std::uint32_t job) {
    release(job);
    readers_[jobs_[job].client].parked.push_back(job);
}

void AuditQueue::wake(std::uint32_t client) {
    const auto reader = readers_.find(client);
    if (reader == readers_.end()) return;
    for (const std::uint32_t job : reader->second.parked) ready_.push_back(job);
    reader->second.parked.clear();
}

std::vector<ConversationIndex> AuditQueue::fail(std::uint32_t client) {
    wake(client);
    std::vector<ConversationIndex> closed;
    std::deque<std::uint32_t> others;
    for (const std::uint32_t job : ready_) {
        if (jobs_[job].client == client)
            close(job, closed);
        else
            others.push_back(job);
    }
    ready_ = std::move(others);
    return closed;
}

std::vector<ConversationIndex> AuditQueue::fail_all() {
    std::vector<ConversationIndex> closed;
    for (std::uint32_t job = 0; job < jobs_.size(); ++job)
        if (jobs_[job].open) close(job, closed);
    ready_.clear();
    readers_.clear();
    under_way_ = 0;
    return closed;
}

void AuditQueue::release(std::uint32_t job) {
    --readers_[jobs_[job].client].under_way;
    --under_way_;
}

void AuditQueue::close(std::uint32_t job, std::vector<ConversationIndex>& closed) {
    jobs_[job].open = false;
    --pending_;
    closed.push_back(jobs_[job].conversation);
}

}  // namespace hubbub
