#include "loadgen/plan/trace_check.hpp"

#include "loadgen/plan/senders.hpp"

namespace hubbub {
namespace {

std::string fault_of(const Plan& plan, const TracedSend& send) {
    const std::string user = "user " + std::to_string(send.user);
    if (send.user >= plan.users) return user + " of " + std::to_string(plan.users);
    if (send.user >= plan.online_users) return user + " is not online";
    if (send.conversation >= plan.conversations.size())
        return "conversation " + std::to_string(send.conversation) + " of " +
               std::to_string(plan.conversations.size());
    if (!plan.stream_of(plan.device_of(UserIndex{send.user}), ConversationIndex{send.conversation}))
        return user + " is no member of conversation " + std::to_string(send.conversation);
    return "";
}

}  // namespace

void check_traces(const Plan& plan, std::vector<std::string>& errors) {
    for (const Phase& phase : plan.scenario->phases) {
        for (const SendStream& stream : phase.streams) {
            if (!stream.shape.trace) continue;
            for (std::size_t i = 0; i < stream.shape.trace->size(); ++i) {
                const std::string fault = fault_of(plan, (*stream.shape.trace)[i]);
                if (fault.empty()) continue;
                errors.push_back(located(
                    *plan.scenario, stream.place,
                    "replay: " + stream.shape.trace_file + ":" + std::to_string(i + 2) + ":1: " + fault));
                break;
            }
        }
    }
}

}  // namespace hubbub
