// What the process lends its REST interface: the ways to the shards, the store to read, and what
// administrators may have done. Implemented by the server's shell; called on the interface's thread unless it
// says otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/counter.hpp"
#include "protocol/token_fault.hpp"
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

/// Written by the interface's thread, read by the metrics'.
struct ApiFigures {
    RelaxedCounter requests;
    std::array<RelaxedCounter, token_fault_names.size()> tokens;  ///< checked, by TokenFault
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
    /// Everywhere, the interface included. False: a queue was full; doing it again harms nothing.
    [[nodiscard]] virtual bool revoke_tokens(const Revocation& revocation) = 0;
    [[nodiscard]] virtual ApiFigures& api_figures() = 0;
};

}  // namespace hubbub
