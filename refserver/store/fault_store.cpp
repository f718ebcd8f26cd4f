#include "refserver/store/fault_store.hpp"

#include <utility>

#include "base/assert.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/store/append_log.hpp"
#include "refserver/store/store_meta.hpp"

namespace hubbub {

FaultStore::FaultStore(Durability durability, Duration latency, OnCommitted on_committed)
    : on_committed_(std::move(on_committed)), durability_(durability), queue_(latency), state_(State::down) {
    const Status opened = reopen();
    HUBBUB_ASSERT(opened.has_value(), "a new store opens");
}

// ---- reads

Result<std::optional<std::string>> FaultStore::get(std::string_view key) const {
    if (state_ == State::down) return fail("the store is down");
    return table_.get(key);
}

Status FaultStore::scan(std::string_view from, std::string_view to, const Visit& visit) const {
    if (state_ == State::down) return fail("the store is down");
    table_.scan(from, to, visit);
    return {};
}

Status FaultStore::scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const {
    if (state_ == State::down) return fail("the store is down");
    table_.scan_reverse(from, to, visit);
    return {};
}

// ---- commits

void FaultStore::submit(CommitTicket ticket, WriteBatch batch) {
    HUBBUB_ASSERT(state_ != State::down, "a dead process submits nothing");
    queue_.add(ticket, std::move(batch));
}

void FaultStore::deliver(Time now) {
    const auto tickets_of = [](const std::vector<Submission>& group) {
        std::vector<CommitTicket> tickets;
        for (const Submission& submission : group) tickets.push_back(submission.ticket);
        return tickets;
    };
    if (const std::vector<Submission> ended = queue_.end_group(now); !ended.empty()) {
        // The end of a group's commit is the end of its sync: only now does a failure show.
        if (logs() && state_ == State::open && sync_fails()) state_ = State::write_failed;
        if (state_ == State::open) {
            if (durability_ == Durability::wal_sync) synced_ = log_.size();
            for (const Submission& done : ended) {
                table_.apply(done.batch);
                if (!logs()) unflushed_.push_back(done.batch);
            }
        }
        if (durability_ != Durability::none) report(tickets_of(ended), status());
    }
    if (state_ == State::down) return;  // a completion may pull the plug

    const std::vector<Submission>& begun = queue_.begin_group(now);
    if (logs() && state_ == State::open) write(begun);
    if (durability_ == Durability::none) report(tickets_of(begun), status());
}

void FaultStore::report(const std::vector<CommitTicket>& tickets, CommitStatus status) {
    for (const CommitTicket& ticket : tickets) {
        if (state_ == State::down) return;  // the process that would have heard of it is gone
        on_committed_(ticket, status);
    }
}

void FaultStore::write(const std::vector<Submission>& group) {
    for (const Submission& submission : group) append_record(log_, submission.batch);
}

bool FaultStore::sync_fails() {
    if (failing_syncs_ == 0) return false;
    --failing_syncs_;
    return true;
}

Status FaultStore::sync() {
    if (sync_fails()) return fail("sync of the log failed");
    synced_ = log_.size();
    return {};
}

Status FaultStore::flush() {
    HUBBUB_ASSERT(state_ != State::down, "a dead process flushes nothing");
    if (state_ == State::write_failed)
        return fail("an earlier write failed: nothing is written until a restart");
    for (const WriteBatch& batch : std::exchange(unflushed_, {})) append_record(log_, batch);
    Status synced = sync();
    if (synced.has_error()) state_ = State::write_failed;
    return synced;
}

// ---- faults

void FaultStore::go_down() {
    queue_.clear();
    table_.clear();
    unflushed_.clear();
    state_ = State::down;
}

void FaultStore::crash_process() {
    go_down();
}

void FaultStore::power_loss(Tail tail, Random& random) {
    go_down();
    ++boot_;
    const std::size_t unsynced = log_.size() - synced_;
    if (unsynced == 0) return;
    const std::size_t kept = synced_ + random.below(unsynced);
    switch (tail) {
        case Tail::truncated:
            log_.resize(kept);
            break;
        case Tail::zeroed:
            for (std::size_t i = kept; i < log_.size(); ++i) log_[i] = '\0';
            break;
        case Tail::garbage:
            for (std::size_t i = kept; i < log_.size(); ++i) log_[i] = static_cast<char>(random.below(256));
            break;
    }
}

// ---- restart

Status FaultStore::close_in_order() {
    WriteBatch closing;
    StoreMeta meta = decode_store_meta(table_.get(keys::meta()).value_or("")).value();
    meta.clean = true;
    closing.put(keys::meta(), encode(meta));
    unflushed_.push_back(std::move(closing));
    return flush();
}

Status FaultStore::reopen() {
    // A store whose write failed does not claim to be clean; what its memory knew is not written any more.
    if (state_ == State::open)
        if (Status closed = close_in_order(); closed.has_error()) return closed;
    go_down();

    log_.resize(read_log(log_, [this](const WriteBatch& batch) { table_.apply(batch); }));
    const std::optional<std::string> found = table_.get(keys::meta());
    Result<StoreMeta> meta = meta_at_open(found, durability_, std::to_string(boot_), false);
    if (meta.has_error()) return meta.error();
    WriteBatch opening;
    opening.put(keys::meta(), encode(*meta));
    append_record(log_, opening);
    if (Status synced = sync(); synced.has_error()) return synced;
    table_.apply(opening);
    state_ = State::open;
    return {};
}

}  // namespace hubbub
