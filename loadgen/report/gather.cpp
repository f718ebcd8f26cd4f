#include "loadgen/report/gather.hpp"

#include "loadgen/plan/figures.hpp"

namespace hubbub {
namespace {

/// Messages per second over the measured load phases: what the plan asked for, and what was sent of it.
void add_rates(const Plan& plan, RunInput& input) {
    const PlanFigures planned = figures(plan);
    double seconds = 0, requested = 0, achieved = 0, induced = 0;
    std::size_t load_phase = 0;
    for (std::size_t p = 0; p < plan.scenario->phases.size(); ++p) {
        const Phase& phase = plan.scenario->phases[p];
        if (phase.kind != PhaseKind::load || load_phase >= planned.phases.size()) continue;
        const PhaseFigures& of_phase = planned.phases[load_phase++];
        if (!phase.measure) continue;
        seconds += of_phase.seconds;
        requested += of_phase.total().messages;
        achieved += static_cast<double>(input.judgement.sent_by_phase[p]);
        induced += static_cast<double>(input.judgement.induced_by_phase[p]);
    }
    if (seconds <= 0) return;
    input.requested_rate = requested / seconds;
    input.achieved_rate = achieved / seconds;
    input.induced_rate = induced / seconds;
}

}  // namespace

RunInput gather(const std::shared_ptr<const Plan>& plan, RunKey key, const BackendAbilities& abilities,
                std::span<const WorkerFindings> workers) {
    RunInput input;
    input.plan = plan;
    Judge judge(*plan, key, abilities);
    for (const WorkerFindings& worker : workers) {
        judge.add(*worker.evidence);
        input.connections.connections += worker.status.connects;
        input.connections.connect_errors += worker.status.connect_errors;
        input.connections.reconnects += worker.status.reconnects;
        for (const auto& [stage, count] : worker.errors) input.connections.errors[stage] += count;
        input.health.schedule_lag += worker.schedule_lag;
        input.extra_latency[{"connect", ""}] += worker.connect;
        input.extra_latency[{"reconnect", ""}] += worker.reconnect;
        input.faults += worker.faults;
    }
    input.judgement = judge.judge();
    add_rates(*plan, input);
    return input;
}

}  // namespace hubbub
