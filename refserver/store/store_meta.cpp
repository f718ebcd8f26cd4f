#include "refserver/store/store_meta.hpp"

#include <string>

namespace hubbub {

bool may_have_lost(const StoreMeta& last, std::string_view boot_now) {
    if (last.clean) return false;
    switch (last.durability) {
        case Durability::none:
        case Durability::memory:
            return true;
        case Durability::wal:
            // Within one boot only the process can have died, and the operating system still had the log.
            return last.boot.empty() || last.boot != boot_now;
        case Durability::wal_sync:
            return false;
    }
    return true;
}

Result<StoreMeta> meta_at_open(std::optional<std::string_view> found, Durability durability,
                               std::string_view boot, bool positions_lost, bool torn_end) {
    StoreMeta next{store_format, 1, durability, false, std::string(boot)};
    if (!found) {
        // A damaged log may have held the meta too: then "new" is not to be believed.
        if (positions_lost) next.epoch = 2;
        return next;
    }
    const Result<StoreMeta> last = decode_store_meta(*found);
    if (last.has_error()) return last.error();
    if (last->format > store_format)
        return fail("the store is of format " + std::to_string(last->format) + ", this program knows up to " +
                    std::to_string(store_format) + ": use the newer program");
    const bool reported_lost = torn_end && last->durability != Durability::wal_sync;
    next.epoch = last->epoch + (positions_lost || reported_lost || may_have_lost(*last, boot) ? 1 : 0);
    return next;
}

}  // namespace hubbub
