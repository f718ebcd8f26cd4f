// Where the server tells who came into or left which conversation, and what administrators did.
// Owned by the shell, outlives the shards; thread-safe. Off when there is none.
#pragma once

#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace hubbub {

/// Borrowed strings, alive for the call.
struct AuditEvent {
    std::string_view kind;  ///< created, joined, left, role; backup, publish, denied
    std::string_view user;  ///< who did it; administrators: "admin"
    ConversationId conversation{};
    Sequence sequence = 0;                  ///< of the entry; 0: there is none
    std::vector<std::string_view> members;  ///< who came or went
    std::string_view detail;
};

class AuditSink {
  public:
    virtual ~AuditSink() = default;
    /// Called after the commit of what it names. Must not block for long: it is called on a shard's thread.
    virtual void record(const AuditEvent& event) = 0;
};

}  // namespace hubbub
