#include "refserver/server/health.hpp"

namespace hubbub {

HttpAnswer Health::alive() {
    return {200, "ok\n"};
}

HttpAnswer Health::ready(bool read_only) const {
    switch (stage()) {
        case Stage::starting:
            return {503, "starting: the store is being opened\n"};
        case Stage::draining:
            return {503, "draining: the server is about to end\n"};
        case Stage::serving:
            break;
    }
    if (read_only) return {503, "read-only: a commit failed, writes need a restart\n"};
    return {200, "ready\n"};
}

}  // namespace hubbub
