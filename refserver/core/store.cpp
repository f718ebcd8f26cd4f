#include "refserver/core/store.hpp"

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

}  // namespace hubbub
