#include "transport/link_table.hpp"

#include "base/assert.hpp"

namespace hubbub {

LinkId LinkTable::allocate(Descriptor fd) {
    std::uint32_t index = free_;
    if (index != none) {
        free_ = at(index).next_free;
    } else {
        index = fresh_++;
        if ((index >> chunk_bits) == chunks_.size()) {
            chunks_.push_back(std::make_unique<LinkSlot[]>(chunk_slots));
        }
    }
    LinkSlot& slot = at(index);
    slot.fd = std::move(fd);
    slot.state = LinkState::connecting;
    ++used_;
    return LinkId(std::uint64_t{slot.generation} << 32 | index);
}

void LinkTable::release(LinkId id) {
    LinkSlot* slot = find(id);
    HUBBUB_ASSERT(slot != nullptr, "a link is released once");
    // 0 is skipped when generations wrap, so that LinkId{} never names a link.
    const std::uint32_t next = slot->generation == UINT32_MAX ? 1 : slot->generation + 1;
    *slot = LinkSlot{};
    slot->generation = next;
    slot->next_free = free_;
    free_ = static_cast<std::uint32_t>(id.value);
    --used_;
}

LinkSlot* LinkTable::find(LinkId id) {
    const auto index = static_cast<std::uint32_t>(id.value);
    if (index >= fresh_) return nullptr;
    LinkSlot& slot = at(index);
    if (slot.state == LinkState::free || slot.generation != id.value >> 32) return nullptr;
    return &slot;
}

const LinkSlot* LinkTable::find(LinkId id) const {
    return const_cast<LinkTable*>(this)->find(id);
}

}  // namespace hubbub
