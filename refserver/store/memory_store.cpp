#include "refserver/store/memory_store.hpp"

#include <utility>

#include "refserver/core/keys.hpp"
#include "refserver/store/store_meta.hpp"

namespace hubbub {

MemoryStore::MemoryStore(Duration latency, OnCommitted on_committed, Durability durability)
    : on_committed_(std::move(on_committed)), durability_(durability), queue_(latency) {
    WriteBatch opening;
    opening.put(keys::meta(), encode(meta_at_open(std::nullopt, durability_, "", false).value()));
    table_.apply(opening);
}

Status MemoryStore::scan(std::string_view from, std::string_view to, const Visit& visit) const {
    table_.scan(from, to, visit);
    return {};
}

Status MemoryStore::scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const {
    table_.scan_reverse(from, to, visit);
    return {};
}

void MemoryStore::submit(CommitTicket ticket, WriteBatch batch) {
    queue_.add(ticket, std::move(batch));
}

void MemoryStore::deliver(Time now) {
    const std::vector<Submission> ended = queue_.end_group(now);
    for (const Submission& done : ended) table_.apply(done.batch);
    if (durability_ != Durability::none)
        for (const Submission& done : ended) on_committed_(done.ticket, CommitStatus::committed);

    // Tickets are copied: a completion may submit(), and with it anything may move.
    std::vector<CommitTicket> begun;
    for (const Submission& next : queue_.begin_group(now)) begun.push_back(next.ticket);
    if (durability_ == Durability::none)
        for (const CommitTicket& ticket : begun) on_committed_(ticket, CommitStatus::committed);
}

Status MemoryStore::reopen() {
    queue_.clear();
    return {};
}

}  // namespace hubbub
