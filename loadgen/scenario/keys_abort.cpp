// The table, a part: what ends a run before its time.
#include <algorithm>
#include <array>

#include "loadgen/scenario/abort_on.hpp"
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

constexpr auto counters =
    std::to_array<std::string_view>({"lost", "duplicate", "duplicate_raw", "gap_live", "gap_healed", "order",
                                     "disagreement", "phantom", "corrupt", "leaked", "history", "receipts",
                                     "resume", "sent", "acked", "rejected", "delivered", "reconnects"});
constexpr auto latencies = std::to_array<std::string_view>(
    {"delivery", "ack", "catch_up", "receipt", "typing", "presence", "page", "connect", "reconnect"});

const Key table[] = {
    {.path = "expect.abort_on",
     .type = list,
     .doc = "What ends the run before its time, once it is true: the load stops, the drain and the verdict "
            "follow.",
     .low = 1,
     .high = 20},
    {.path = "expect.abort_on[]",
     .type = slo,
     .doc = "A sentence as in `slo`, with > or >=, about what is known while the run goes on.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.expect.abort_on.push_back(v.slo);
             d.scenario.expect.abort_on.back().at = place_of(v);
         }},
};

bool among(std::span<const std::string_view> words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

void check_abort(DraftView& draft) {
    const auto& all = draft.scenario.expect.abort_on;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Slo& slo = all[i];
        const std::string at = "expect.abort_on." + std::to_string(i);
        const auto refuse = [&](const std::string& why) {
            draft.refuse(at, at + ": `" + slo.text + "`: " + why);
        };
        if (slo.op != ">" && slo.op != ">=")
            refuse("says when to stop: expected > or >=");
        else if (!among(slo.figure.empty() ? std::span<const std::string_view>(counters) : latencies,
                        slo.metric))
            refuse(slo.metric + " is known at the end only");
        else if (!slo.labels.empty() && !slo.labels.contains("class"))
            refuse("while the run goes on, latencies are known by class only");
    }
}

}  // namespace

std::span<const std::string_view> abort_counters() {
    return counters;
}
std::span<const std::string_view> abort_latencies() {
    return latencies;
}

KeyPart abort_keys() {
    return {table, check_abort};
}

}  // namespace hubbub
