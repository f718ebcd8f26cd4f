// Joins, leaves and roles: the log shows no more of a user than it asked for. Who is shown to have left gets
// nothing any more and is expected nowhere, so an invented departure would excuse every loss behind it.
#include <map>

#include "loadgen/check/conversation_judge.hpp"

namespace hubbub {

void ConversationJudge::judge_changes() {
    std::map<std::pair<std::uint32_t, EntryClass>, std::uint32_t> asked, shown;
    for (const AskedOfUser& one : evidence_.asked) {
        asked[{one.user, EntryClass::membership}] += one.changes.joins;
        asked[{one.user, EntryClass::left}] += one.changes.leaves;
    }
    for (Seq32 q = canon_.base() + 1; q <= canon_.top(); ++q) {
        const LogRecord& record = canon_.at(q).record;
        const bool change = record.kind == EntryClass::membership || record.kind == EntryClass::left ||
                            record.kind == EntryClass::role;
        // Nobody here can know what those asked for who are no users of the plan.
        if (!canon_.at(q).present() || !change || record.number == 0) continue;
        const std::pair who{record.number - 1, record.kind};
        if (++shown[who] <= asked[who]) continue;
        RawEvidence raw = about(q);
        raw.sender = evidence_.plan->device_of(UserIndex{who.first}).value;
        raw.why = "a join, a departure or a role that its user never asked for";
        accuse(&Violations::phantom, "phantom", 1, raw);
    }
}

}  // namespace hubbub
