#include "refserver/core/commits.hpp"

#include "base/assert.hpp"
#include "refserver/core/keys.hpp"

namespace hubbub {

Uncommitted& Commits::add(Uncommitted entry) {
    filling_.entries.push_back(std::move(entry));
    context_.counters.uncommitted.set(++uncommitted_);
    return filling_.entries.back();
}

void Commits::submit(const Names& names) {
    if (filling_.entries.empty() && filling_.writes.empty()) return;
    for (const Uncommitted& entry : filling_.entries) {
        if (!entry.sender || !entry.sender->dirty) continue;
        entry.sender->dirty = false;
        const DeviceSlot device = entry.sender->device;
        key_ = keys::sender(entry.conversation->id, names.name(names.user_of(device)), names.name(device),
                            std::move(key_));
        value_ = encode(entry.sender->accepted, std::move(value_));
        filling_.writes.put(key_, value_);
    }
    filling_.number = next_number_++;
    filling_.submitted = context_.now;
    context_.counters.commit_batches.add();
    context_.store.submit({context_.self, filling_.number}, std::move(filling_.writes));
    filling_.writes = {};
    const std::size_t entries = filling_.entries.size();
    out_.push_back(std::move(filling_));
    filling_ = {};
    filling_.entries.reserve(entries);  // the next turn's batch will be about as large
}

std::vector<Uncommitted> Commits::take(std::uint64_t number) {
    HUBBUB_ASSERT(!out_.empty() && out_.front().number == number,
                  "batches commit in the order they went out");
    std::vector<Uncommitted> entries = std::move(out_.front().entries);
    context_.counters.commits.record(context_.now - out_.front().submitted, entries.size());
    out_.pop_front();
    uncommitted_ -= entries.size();
    context_.counters.uncommitted.set(uncommitted_);
    return entries;
}

Uncommitted* Commits::find_created(const ConversationId& id) {
    const auto search = [&](Batch& batch) -> Uncommitted* {
        for (Uncommitted& entry : batch.entries)
            if (entry.kind == Uncommitted::Kind::created && entry.conversation->id == id) return &entry;
        return nullptr;
    };
    if (Uncommitted* const found = search(filling_)) return found;
    for (Batch& batch : out_)
        if (Uncommitted* const found = search(batch)) return found;
    return nullptr;
}

}  // namespace hubbub
