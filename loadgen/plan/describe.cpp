// `hubbub plan`: the figures in words.
#include <cmath>
#include <cstdio>

#include "loadgen/plan/churn.hpp"
#include "loadgen/plan/contacts.hpp"
#include "loadgen/plan/figures.hpp"
#include "loadgen/plan/sessions.hpp"

namespace hubbub {
namespace {

/// 12345.6 -> "12,346"; small fractions keep two digits.
std::string grouped(double value) {
    if (value > 0 && value < 10 && value != std::floor(value)) {
        char text[32];
        std::snprintf(text, sizeof text, "%.2f", value);
        return text;
    }
    std::string digits = std::to_string(std::llround(value));
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return digits;
}

std::string grouped(std::uint64_t value) {
    return grouped(static_cast<double>(value));
}

std::string in_bytes(double bytes) {
    const char* unit = bytes >= 1e9 ? "GB" : bytes >= 1e6 ? "MB" : "KB";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %s",
                  bytes / (bytes >= 1e9   ? 1e9
                           : bytes >= 1e6 ? 1e6
                                          : 1e3),
                  unit);
    return text;
}

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

void phase(std::string& out, const PhaseFigures& figures) {
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
}

}  // namespace

std::vector<std::string> refusals(const Plan& plan, const MachineLimits& limits) {
    const PlanFigures all = figures(plan);
    std::vector<std::string> out;
    if (limits.descriptors > 0 && all.descriptors > limits.descriptors)
        out.push_back(grouped(all.descriptors) + " descriptors are needed in one process, the limit is " +
                      grouped(limits.descriptors) + ": raise it (ulimit -n) or lower population.online");
    if (limits.memory_bytes > 0 && all.memory_bytes > static_cast<double>(limits.memory_bytes))
        out.push_back("about " + in_bytes(all.memory_bytes) + " of memory are needed, " +
                      in_bytes(static_cast<double>(limits.memory_bytes)) +
                      " are free: lower population.users, the topology or the load");
    return out;
}

std::string describe(const Plan& plan, const MachineLimits& limits) {
    const PlanFigures all = figures(plan);
    const Scenario& scenario = *plan.scenario;
    std::string out;
    line(out, "scenario", scenario.name + " (" + scenario.file + ", seed " + std::to_string(plan.seed) + ")");
    population(out, plan, all);
    line(out, "connecting", grouped(all.connect_seconds) + " s");
    for (const PhaseFigures& each : all.phases) phase(out, each);
    watching(out, plan);
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
    line(out, "descriptors",
         grouped(all.descriptors) + " a process" +
             (limits.descriptors > 0 ? " of " + grouped(limits.descriptors) + " allowed" : ""));
    line(out, "memory",
         "about " + in_bytes(all.memory_bytes) +
             (limits.memory_bytes > 0 ? " of " + in_bytes(static_cast<double>(limits.memory_bytes)) + " free"
                                      : ""));
    for (const std::string& refusal : refusals(plan, limits)) line(out, "cannot run", refusal);
    return out;
}

}  // namespace hubbub
