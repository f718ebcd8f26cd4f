// `hubbub plan`: the figures in words.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "loadgen/plan/churn.hpp"
#include "loadgen/plan/contacts.hpp"
#include "loadgen/plan/fault_choice.hpp"
#include "loadgen/plan/figures.hpp"
#include "loadgen/plan/sessions.hpp"
#include "loadgen/plan/wire_figures.hpp"
#include "loadgen/plan/words.hpp"

namespace hubbub {
namespace {

void line(std::string& out, const char* label, const std::string& text) {
    char padded[24];
    std::snprintf(padded, sizeof padded, "%-15s", label);
    out += std::string(padded) + text + "\n";
}

std::string class_text(std::size_t kind) {
    return std::string(class_name(static_cast<ConversationClass>(kind)));
}

void population(std::string& out, const Plan& plan, const PlanFigures& figures) {
    line(out, "users",
         grouped(figures.users) + ", " + grouped(std::uint64_t{plan.online_users}) + " online" +
             (plan.device_begin.empty() ? " (one connection each)" : ""));
    if (!plan.device_begin.empty())
        line(
            out, "devices",
            grouped(figures.devices) + ", " + grouped(figures.connections) + " online (one connection each)");
    if (!plan.sessions->empty())
        line(out, "sessions",
             "devices come and go; " + std::to_string(std::lround(plan.sessions->share_online() * 100)) +
                 " % of them are planned online on average");
    if (!plan.churn->empty())
        line(out, "membership",
             grouped(std::uint64_t{plan.churn->all().size()}) + " memberships end, and begin again");
    std::string classes;
    for (std::size_t k = 0; k < conversation_classes; ++k) {
        const ClassFigures& each = figures.by_class[k];
        if (each.conversations == 0) continue;
        classes += (classes.empty() ? "" : ", ") + grouped(each.conversations) + " " + class_text(k) + " (" +
                   grouped(each.memberships) + ")";
    }
    line(out, "conversations", classes + " (memberships)");
    line(out, "memberships", grouped(figures.memberships));
}

void watching(std::string& out, const Plan& plan) {
    const WatchFigures figures = watch_figures(plan);
    if (figures.pairs == 0) return;
    line(out, "watching",
         grouped(figures.watching) + " devices, " + grouped(figures.pairs) + " watches, about " +
             grouped(figures.notices) + " notices/s");
}

void phase(std::string& out, const PhaseFigures& figures, bool framed) {
    const Traffic total = figures.total();
    line(out, "phase",
         figures.name + ": " + grouped(figures.seconds) + " s, " + grouped(total.messages / figures.seconds) +
             " messages/s (peak " + grouped(figures.peak_rate) + "), " +
             grouped(total.deliveries / figures.seconds) + " deliveries/s");
    for (std::size_t k = 0; k < conversation_classes; ++k) {
        const Traffic& each = figures.by_class[k];
        if (each.messages <= 0) continue;
        line(out, "",
             class_text(k) + ": " + grouped(each.messages / figures.seconds) + " messages/s, " +
                 grouped(each.deliveries / figures.seconds) + " deliveries/s");
    }
    if (figures.induced.messages > 0)
        line(out, "",
             "replies and edits besides: at most about " +
                 grouped(figures.induced.messages / figures.seconds) + " messages/s, " +
                 grouped(figures.induced.deliveries / figures.seconds) + " deliveries/s");
    if (figures.receipts > 0)
        line(out, "",
             "receipts: at most " + grouped(figures.receipts / figures.seconds) +
                 "/s, each told to the other members online");
    line(out, "",
         "bytes: about " + in_bytes(figures.bytes_to_target) + "/s to the target, " +
             in_bytes(figures.bytes_from_target) + "/s from it" +
             (framed ? "" : " (bodies alone: a mapping makes the frames)"));
}

/// What goes wrong, and for how many: who chose nobody learns it before the run proves nothing.
void faults(std::string& out, const Plan& plan) {
    const Scenario& scenario = *plan.scenario;
    for (std::size_t c = 0; c < scenario.population.cohorts.size(); ++c) {
        const Cohort& cohort = scenario.population.cohorts[c];
        if (cohort.network.links.empty()) continue;
        std::uint64_t devices = 0;
        for (std::uint32_t d = 0; d < plan.online_devices; ++d)
            devices += in_cohort(plan, c, DeviceIndex{d}) ? 1 : 0;
        line(out, "network",
             cohort.name + ": " +
                 (cohort.network.profile.empty() ? kind_of(cohort.network) : cohort.network.profile) + ", " +
                 grouped(devices) + " devices");
    }
    for (std::uint32_t f = 0; f < scenario.faults.size(); ++f) {
        const TimedFault& fault = scenario.faults[f];
        std::string words =
            kind_of(fault.deed) + ", " + grouped(to_seconds(fault.offset)) + " s into " + fault.phase;
        if (const Duration length = lasts(fault); length > Duration(std::chrono::milliseconds{1}))
            words += ", for " + grouped(to_seconds(length)) + " s";
        std::uint64_t devices = 0;
        for (std::uint32_t d = 0; d < plan.online_devices; ++d)
            devices += selects(plan, f, DeviceIndex{d}) ? 1 : 0;
        if (!fault.deed.target)
            words += devices > 0 ? "; meets " + grouped(devices) + " devices" +
                                       (fault.select.endpoint ? " or those of them on its endpoint" : "")
                                 : "; meets nobody: the run would prove nothing";
        line(out, ("fault " + std::to_string(f + 1)).c_str(), words);
    }
}

void machine(std::string& out, const Plan& plan, const PlanFigures& figures, const MachineLimits& limits,
             const Staging& staging) {
    const auto of = [](const std::string& needed, const std::string& there, bool known) {
        return needed + (known ? " of " + there : "");
    };
    if (const auto layout = layout_of(plan, staging.wish, limits.descriptors)) {
        const std::string threads =
            grouped(std::uint64_t{layout->workers}) + (layout->workers == 1 ? " worker" : " workers");
        line(out, "processes",
             layout->processes == 0 ? threads + " in the generator's own process"
                                    : grouped(std::uint64_t{layout->processes}) + " for " + threads);
        line(out, "descriptors",
             of(grouped(connections_a_process(plan, *layout) + descriptors_beside) + " a process",
                grouped(limits.descriptors) + " allowed", limits.descriptors > 0));
    }
    if (staging.embedded)
        line(out, "",
             of("embedded server: " + grouped(figures.descriptors), grouped(limits.descriptors) + " allowed",
                limits.descriptors > 0));
    const std::uint32_t sources = source_addresses(plan, staging);
    const std::uint64_t ways = sources * std::max<std::size_t>(staging.urls.size(), 1);
    line(out, "ports",
         of(grouped(figures.connections), grouped(limits.ports * ways), limits.ports > 0) +
             (sources > 1 ? ", from " + grouped(std::uint64_t{sources}) + " addresses of 127.0.0.0/8" : ""));
    line(out, "memory",
         of("about " + in_bytes(memory_needed(plan, limits, staging)),
            in_bytes(static_cast<double>(limits.memory_bytes)) + " free", limits.memory_bytes > 0));
}

}  // namespace

std::string describe(const Plan& plan, const MachineLimits& limits, const Staging& staging) {
    const PlanFigures all = figures(plan);
    const Scenario& scenario = *plan.scenario;
    std::string out;
    line(out, "scenario", scenario.name + " (" + scenario.file + ", seed " + std::to_string(plan.seed) + ")");
    population(out, plan, all);
    line(out, "connecting", grouped(all.connect_seconds) + " s");
    const bool framed = wire_sizes(scenario.target.adapter).send > 0;
    for (const PhaseFigures& each : all.phases) phase(out, each, framed);
    watching(out, plan);
    faults(out, plan);
    line(out, "draining", "at most " + grouped(all.drain_seconds) + " s");
    line(out, "in all",
         grouped(all.total.messages) + " messages, " + grouped(all.total.deliveries) +
             " deliveries; bodies: " + in_bytes(all.body_bytes) + " sent, " + in_bytes(all.delivered_bytes) +
             " delivered");
    if (all.induced.messages > 0) {
        char ratio[16];
        std::snprintf(ratio, sizeof ratio, "%.2f", all.branching);
        line(out, "besides",
             "at most about " + grouped(all.induced.messages) + " replies and edits, " +
                 grouped(all.induced.deliveries) + " deliveries; branching ratio at most " + ratio);
    }
    machine(out, plan, all, limits, staging);
    for (const std::string& refusal : refusals(plan, limits, staging)) line(out, "cannot run", refusal);
    return out;
}

}  // namespace hubbub
