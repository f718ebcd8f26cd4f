#include "loadgen/client/virtual_client.hpp"

#include <algorithm>

namespace hubbub {

bool Errands::done() const {
    return !reader && asked.empty() && catching_up.empty() && repairs.empty() && hopeless.empty() &&
           audits.empty() && retry_at == never && catch_up_until == never && granted_at == never;
}

Errands::Announced Errands::announced(StreamIndex stream, Sequence sequence) {
    for (std::size_t i = 0; i < catching_up.size(); ++i) {
        if (catching_up[i].stream != stream) continue;
        const Sequence head = catching_up[i].head;
        if (sequence < head) return {true, false, false};
        catching_up[i] = catching_up.back();
        catching_up.pop_back();
        if (catching_up.empty()) catch_up_until = never;
        return {sequence == head, sequence == head, true};
    }
    return {};
}

bool Errands::catches_up(StreamIndex stream) const {
    return std::any_of(catching_up.begin(), catching_up.end(),
                       [&](const CatchUp& c) { return c.stream == stream; });
}

Time Errands::oldest_request() const {
    Time oldest = repair_request != 0 ? repair_asked : never;
    for (const Audit& audit : audits) oldest = std::min(oldest, audit.asked);
    return oldest;
}

Errands& VirtualClient::need_errands() {
    if (!errands) errands = std::make_unique<Errands>();
    return *errands;
}

void VirtualClient::drop_errands_if_done() {
    if (errands && errands->done()) errands.reset();
}

}  // namespace hubbub
