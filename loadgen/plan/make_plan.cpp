// Checks what a scenario wishes against what its population can give, then draws the plan.
#include <algorithm>
#include <cmath>

#include "loadgen/plan/churn.hpp"
#include "loadgen/plan/group_law.hpp"
#include "loadgen/plan/membership.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/plan/population.hpp"
#include "loadgen/plan/replies.hpp"
#include "loadgen/plan/senders.hpp"
#include "loadgen/plan/sessions.hpp"
#include "loadgen/plan/trace_check.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Streams are counted in 32 bits, UINT32_MAX excluded; two billion memberships are beyond one machine
/// anyway.
constexpr std::uint64_t memberships_max = 1'000'000'000;

class Feasibility {
  public:
    explicit Feasibility(const Scenario& scenario) : scenario_(scenario) {}

    std::vector<std::string> check() {
        if (scenario_.users == 0) fail_at({}, "population.users: must be at least 1");
        if (scenario_.online > scenario_.users)
            fail_at({}, "population.online: " + std::to_string(scenario_.online) + " of " +
                            std::to_string(scenario_.users) + " users cannot be online");
        topology();
        if (!errors_.empty()) return std::move(errors_);
        population();
        behaviors();
        for (std::size_t i = 0; i < scenario_.phases.size(); ++i) phase(i);
        return std::move(errors_);
    }

  private:
    void topology() {
        std::uint64_t pairs = 0;
        for (std::size_t i = 0; i < scenario_.topology.size(); ++i) {
            const TopologyRow& row = scenario_.topology[i];
            const std::string path = "topology." + std::to_string(i) + ": ";
            memberships_ +=
                static_cast<std::uint64_t>(row.count * (row.size_median > 0 ? mean_size(row) : row.size_max));
            if (row.size_min < 1 || row.size_min > row.size_max)
                fail_at(row.place, path + "sizes must be at least 1 and min at most max");
            else if (row.size_max > scenario_.users)
                fail_at(row.place, path + "a " + std::string(class_name(row.kind)) + " of " +
                                       std::to_string(row.size_max) + " members needs more than the " +
                                       std::to_string(scenario_.users) + " users of the population");
            else if (row.size_max > limits::conversation_members_max)
                fail_at(row.place, path + "a conversation has at most " +
                                       std::to_string(limits::conversation_members_max) + " members");
            if (memberships_ > memberships_max) {
                fail_at(row.place, path + "more than " + std::to_string(memberships_max) + " memberships");
                break;
            }
            if (row.kind != ConversationClass::direct) continue;
            if (row.size_min != 2 || row.size_max != 2)
                fail_at(row.place, path + "a direct conversation has 2 members");
            pairs += row.count;
            if (pairs > pairs_of(scenario_.users))
                fail_at(row.place, path + std::to_string(pairs) + " direct conversations, but " +
                                       std::to_string(scenario_.users) + " users make only " +
                                       std::to_string(pairs_of(scenario_.users)) + " pairs");
        }
    }

    void population() {
        const Population& population = scenario_.population;
        double devices = 0;
        double shares = 0;
        for (const DeviceShare& each : population.devices_per_user) {
            devices += each.share;
            if (each.devices < 1 || each.devices > devices_per_user_max)
                fail_at(each.place, "population.devices_per_user: 1 to " +
                                        std::to_string(devices_per_user_max) + " devices a user");
        }
        for (const Cohort& cohort : population.cohorts) shares += cohort.share;
        if (!population.devices_per_user.empty() && std::abs(devices - 1) > 1e-9)
            fail_at(population.devices_per_user.front().place,
                    "population.devices_per_user: the shares must add up to 100%");
        if (!population.cohorts.empty() && std::abs(shares - 1) > 1e-9)
            fail_at(population.cohorts.front().place, "population.cohorts: the shares must add up to 100%");
        double most = 1;
        for (const DeviceShare& each : population.devices_per_user)
            most = std::max<double>(most, each.devices);
        if (static_cast<double>(memberships_) * most > static_cast<double>(memberships_max))
            fail_at({}, "population.devices_per_user: more than " + std::to_string(memberships_max) +
                            " memberships of devices");
    }

    void behaviors() {
        double disjoint = 0;
        for (const Behavior& behavior : scenario_.behaviors) {
            const std::string path = "behaviors." + behavior.name;
            if (!(behavior.share > 0 && behavior.share <= 1))
                fail_at(behavior.place, path + ".share: must be above 0% and at most 100%");
            if (behavior.share < 1) disjoint += behavior.share;
            if (disjoint > 1 + 1e-9)
                fail_at(behavior.place, path + ".share: the shares below 100% add up to more than 100%");
            if (!behavior.send) continue;
            const SendBehavior& send = *behavior.send;
            const double sum = send.to_direct + send.to_group + send.to_channel;
            if (std::min({send.to_direct, send.to_group, send.to_channel}) < 0 || sum < 1 - 1e-9 ||
                sum > 1 + 1e-9)
                fail_at(send.place, path + ".send.to: the shares must add up to 100%");
            if (!(send.weight > 0)) fail_at(send.place, path + ".send.weight: must be above 0");
            if (send.bytes.p50 == 0 || send.bytes.p99 < send.bytes.p50)
                fail_at(send.place, path + ".send.bytes: p50 must be above 0 and p99 at least p50");
        }
        if (scenario_.behaviors.size() >= Plan::no_part) fail_at({}, "behaviors: too many");
    }

    void phase(std::size_t index) {
        const Phase& phase = scenario_.phases[index];
        for (const SendStream& stream : phase.streams) {
            const std::string path = "load." + std::to_string(index) + ": ";
            bool somebody = false;
            for (const Behavior& behavior : scenario_.behaviors)
                somebody |= behavior.send && (stream.behavior.empty() || behavior.name == stream.behavior);
            if (!somebody)
                fail_at(stream.place, path + (stream.behavior.empty()
                                                  ? std::string("messages, but no behavior has `send`")
                                                  : "no behavior '" + stream.behavior + "' with `send`"));
            if (stream.law == ArrivalLaw::burst ? stream.at >= phase.length : !(stream.rate >= 0))
                fail_at(stream.place, path + "the stream does not fit into its phase");
        }
    }

    void fail_at(Place place, const std::string& what) { errors_.push_back(located(scenario_, place, what)); }

    const Scenario& scenario_;
    std::uint64_t memberships_ = 0;  ///< of users, at most
    std::vector<std::string> errors_;
};

/// A behavior of everybody completes each user's own.
std::vector<Habits> habits_by_behavior(const Scenario& scenario) {
    Habits everybody;
    for (const Behavior& behavior : scenario.behaviors)
        if (behavior.share >= 1) everybody.complete_by(behavior.habits);
    std::vector<Habits> habits;
    for (const Behavior& behavior : scenario.behaviors) {
        habits.push_back(behavior.habits);
        habits.back().complete_by(everybody);
    }
    habits.push_back(everybody);
    return habits;
}

Error joined(const std::vector<std::string>& errors) {
    std::string text;
    for (const std::string& error : errors) text += (text.empty() ? "" : "\n") + error;
    return fail(std::move(text));
}

}  // namespace

Result<std::shared_ptr<const Plan>> make_plan(std::shared_ptr<const Scenario> scenario) {
    std::vector<std::string> errors = Feasibility(*scenario).check();
    if (!errors.empty()) return joined(errors);
    auto plan = std::make_shared<Plan>();
    plan->seed = scenario->seed;
    plan->users = scenario->users;
    plan->online_users = scenario->online == 0 ? scenario->users : scenario->online;
    plan->scenario = std::move(scenario);
    const Random random = Random(plan->seed).child("plan");
    draw_population(*plan, random.child("population"));
    draw_membership(*plan, random.child("membership"));
    count_devices(*plan);
    check_traces(*plan, errors);
    plan->part_of = deal_behaviors(*plan, random.child("senders").child("behaviors"));
    plan->habits = habits_by_behavior(*plan->scenario);
    plan->sessions = std::make_shared<const SessionTable>(*plan, random.child("sessions"), errors);
    plan->churn = std::make_shared<const ChurnTable>(*plan, random.child("churn"), errors);
    plan->senders = make_senders(*plan, errors);
    check_replies(*plan, errors);
    if (!errors.empty()) return joined(errors);
    return std::shared_ptr<const Plan>(std::move(plan));
}

}  // namespace hubbub
