#include "refserver/core/saboteur.hpp"

#include "base/assert.hpp"

namespace hubbub {

Saboteur::Saboteur(const SabotagePlan& plan, ShardId shard, SabotageTruth& truth) : truth_(truth) {
    const Random seed = Random(plan.seed).child("sabotage").child(shard.value);
    for (const auto& item : plan.items) {
        Kind& kind = at(item.kind);
        kind.rate = item.rate;
        kind.left = item.most;
        kind.random = seed.child(name(item.kind));
    }
}

bool Saboteur::wants(SabotageKind which, const ConversationId& conversation, Time now) {
    Kind& kind = at(which);
    if (kind.left == 0 || !kind.random.chance(kind.rate)) return false;
    const auto last = last_act_.find(conversation);
    return last == last_act_.end() || now - last->second >= rest;
}

void Saboteur::tell(const SabotageRecord& record, Time now) {
    Kind& kind = at(record.kind);
    HUBBUB_ASSERT(kind.left > 0, "an act was not asked for");
    --kind.left;
    last_act_[record.conversation] = now;
    truth_.about_to(record);
}

std::uint64_t Saboteur::below(SabotageKind kind, std::uint64_t bound) {
    return at(kind).random.below(bound);
}

}  // namespace hubbub
