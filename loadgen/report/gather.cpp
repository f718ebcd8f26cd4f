#include "loadgen/report/gather.hpp"

#include "loadgen/plan/figures.hpp"

namespace hubbub {

RunInput gather(const std::shared_ptr<const Plan>& plan, RunKey key, const BackendAbilities& abilities,
                std::span<const Worker* const> workers) {
    RunInput input;
    input.plan = plan;
    Judge judge(*plan, key, abilities);
    for (const Worker* worker : workers) {
        judge.add(worker->checker());
        const WorkerStatus status = worker->status();
        input.connections.connections += status.connects;
        input.connections.connect_errors += status.connect_errors;
        input.connections.reconnects += status.reconnects;
        for (const auto& [stage, count] : worker->errors()) input.connections.errors[stage] += count;
        input.health.schedule_lag += worker->schedule_lag();
        input.extra_latency[{"connect", ""}] += worker->connect_latency();
        input.extra_latency[{"reconnect", ""}] += worker->reconnect_latency();
    }
    input.judgement = judge.judge();
    const PlanFigures planned = figures(*plan);
    if (planned.load_seconds > 0) {
        input.requested_rate = planned.total.messages / planned.load_seconds;
        input.achieved_rate = static_cast<double>(input.judgement.totals.sent) / planned.load_seconds;
    }
    return input;
}

}  // namespace hubbub
