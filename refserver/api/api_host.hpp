// What the process lends its REST interface: the ways to the shards, the store to read, and what
// administrators may have done. Implemented by the server's shell; called on the interface's thread unless it
// says otherwise.
#pragma once

#include <cstdint>
#include <string>

#include "refserver/core/audit.hpp"
#include "refserver/core/mail.hpp"
#include "refserver/core/store.hpp"

namespace hubbub {

struct ApiCounts {
    std::uint64_t connections = 0, sessions = 0;
    std::uint64_t conversations = 0;  ///< in memory
    bool draining = false, read_only = false;
};

struct ApiBackup {
    std::string path;
    std::uint64_t files = 0, bytes = 0;
};

class ApiHost {
  public:
    virtual ~ApiHost() = default;
    /// False when the shard's queue is full; the mail is untouched then. Answers come back to the shard
    /// number `shards()`, which is the interface.
    virtual bool post(ShardId to, ShardMail&& mail) = 0;
    [[nodiscard]] virtual std::uint32_t shards() const = 0;
    [[nodiscard]] virtual const Store& store_to_read() const = 0;
    [[nodiscard]] virtual ApiCounts counts() const = 0;
    /// Any thread.
    virtual void audit(const AuditEvent& event) = 0;
    /// Called on a thread of its own, one at a time.
    virtual Result<ApiBackup> backup(const std::string& name) = 0;
};

}  // namespace hubbub
