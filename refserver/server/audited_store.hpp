// A store that tells the audit log of every committed entry that changes who is in a conversation: what is
// audited is what was stored. Owned by the Server, between shards and store; thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "refserver/core/audit.hpp"
#include "refserver/core/records.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

class AuditedStore final : public Store {
  public:
    /// Both must outlive it.
    AuditedStore(Store& store, AuditSink& audit) : store_(store), audit_(audit) {}

    Result<std::optional<std::string>> get(std::string_view key) const override { return store_.get(key); }
    Status scan(std::string_view from, std::string_view to, const Visit& visit) const override {
        return store_.scan(from, to, visit);
    }
    Status scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const override {
        return store_.scan_reverse(from, to, visit);
    }
    void submit(CommitTicket ticket, WriteBatch batch) override;
    [[nodiscard]] Durability durability() const override { return store_.durability(); }

    /// To be told of every completion.
    void committed(CommitTicket ticket, CommitStatus status);

  private:
    struct Change {
        ConversationId conversation;
        Sequence sequence = 0;
        LogEntry entry;
    };
    static std::vector<Change> changes_of(const WriteBatch& batch);

    Store& store_;
    AuditSink& audit_;
    std::mutex mutex_;  // guards what is below
    std::map<std::pair<ShardId, std::uint64_t>, std::vector<Change>> under_way_;
};

}  // namespace hubbub
