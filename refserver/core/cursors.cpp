#include "refserver/core/cursors.hpp"

#include "refserver/core/keys.hpp"

namespace hubbub {

Result<bool> Cursors::rise(const Conversation& conversation, const std::string& user,
                           const std::string& device, Sequence delivered) {
    std::string key = keys::cursor(user, device, conversation.id);
    const auto here = risen_.find(key);
    if (here != risen_.end()) {
        here->second.delivered = std::max(here->second.delivered, delivered);
        return false;
    }
    const auto bytes = context_.store.get(key);
    if (bytes.has_error()) return bytes.error();
    if (*bytes) {
        const auto stored = decode_cursor(**bytes);
        if (stored.has_error()) return stored.error();
        if (stored->epoch == conversation.epoch && stored->delivered >= delivered) return false;
    }
    risen_.emplace(std::move(key), Cursor{conversation.epoch, delivered});
    return true;
}

void Cursors::store(WriteBatch& batch) {
    for (const auto& [key, cursor] : risen_) batch.put(key, encode(cursor));
    risen_.clear();
}

}  // namespace hubbub
