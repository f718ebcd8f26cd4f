// How far each device has received each conversation, so that one that comes back without memory goes on
// there. Owned by the receipts of the owner side; its thread only. Written lazily: a crash takes back at most
// the last window, and the device gets again what it already had.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "refserver/core/context.hpp"
#include "refserver/core/conversation.hpp"

namespace hubbub {

class Cursors {
  public:
    explicit Cursors(ShardContext& context) : context_(context) {}

    /// Whether there is something new to store. Cursors only rise within an epoch. Errors: the store cannot
    /// be read.
    Result<bool> rise(const Conversation& conversation, const std::string& user, const std::string& device,
                      Sequence delivered);
    /// Puts what rose into the batch, and forgets it: the store knows it from here on.
    void store(WriteBatch& batch);
    /// Waiting for store(); the caller bounds it.
    [[nodiscard]] std::size_t waiting() const { return risen_.size(); }

  private:
    ShardContext& context_;
    std::map<std::string, Cursor> risen_;  // by their keys in the store
};

}  // namespace hubbub
