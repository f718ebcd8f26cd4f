#include "refserver/core/store.hpp"

#include "base/assert.hpp"

namespace hubbub {

std::string_view name(Durability durability) {
    switch (durability) {
        case Durability::none:
            return "none";
        case Durability::memory:
            return "memory";
        case Durability::wal:
            return "wal";
        case Durability::wal_sync:
            return "wal-sync";
    }
    return "";
}

std::optional<Durability> durability_from(std::string_view text) {
    for (const auto d : {Durability::none, Durability::memory, Durability::wal, Durability::wal_sync})
        if (name(d) == text) return d;
    return std::nullopt;
}

void WriteBatch::append(std::string_view key, std::string_view value, bool erase) {
    HUBBUB_ASSERT(key.size() <= UINT32_MAX && value.size() <= UINT32_MAX, "a put is at most 4 GB");
    constexpr std::size_t first_bytes = 1024;  // the writes of one message fit
    if (bytes_.empty()) bytes_.reserve(first_bytes);
    const Head head{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size()), erase};
    char raw[sizeof head];
    std::memcpy(raw, &head, sizeof head);
    bytes_.append(raw, sizeof raw).append(key).append(value);
}

std::size_t WriteBatch::size() const {
    std::size_t puts = 0;
    for ([[maybe_unused]] const Put& put : *this) ++puts;
    return puts;
}

}  // namespace hubbub
