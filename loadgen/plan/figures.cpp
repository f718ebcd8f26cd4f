#include "loadgen/plan/figures.hpp"

#include <algorithm>
#include <cmath>

#include "loadgen/plan/arrival_law.hpp"
#include "loadgen/plan/replies.hpp"
#include "loadgen/plan/wire_figures.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

// Bytes, from the measurements in docs/ARCHITECTURE.md, rounded up.
constexpr double kernel_per_connection = 8'000;     ///< both ends of one connection on this machine
constexpr double generator_per_connection = 1'000;  ///< a live virtual client
constexpr double server_per_connection = 1'500;     ///< session, memberships, outbox at rest
constexpr double per_membership = 60;               ///< plan (members, streams, senders), checker, server
constexpr double per_message = 400;                 ///< ledger row, kept entry, the database's own memory
constexpr double process_base = 100e6;              ///< programs, caches, histograms

/// How often a message of an online member is edited or taken back, in the mean over the members.
double edit_share(const Plan& plan, ConversationIndex conversation) {
    double sum = 0;
    std::uint32_t online = 0;
    for (const UserIndex user : plan.members_of(conversation)) {
        if (user.value >= plan.online_users) break;
        ++online;
        if (const auto& edit = plan.habits_of(user).edit) sum += edit->probability;
    }
    return online == 0 ? 0 : sum / online;
}

/// What one message of a class amounts to in the mean.
struct MeanMessage {
    double recipients = 0;  ///< the online members but the sending device
    Traffic induced;        ///< what it brings about
};

MeanMessage mean_message(const SenderChoice& choice, double zipf, const std::vector<MeanMessage>& each) {
    MeanMessage sum;
    double weights = 0;
    for (std::size_t i = 0; i < choice.conversations.size(); ++i) {
        const double weight = zipf > 0 ? std::pow(static_cast<double>(i + 1), -zipf) : 1;
        const MeanMessage& one = each[choice.conversations[i].index()];
        sum.recipients += weight * one.recipients;
        sum.induced.messages += weight * one.induced.messages;
        sum.induced.deliveries += weight * one.induced.deliveries;
        weights += weight;
    }
    if (weights <= 0) return {};
    return {sum.recipients / weights, {sum.induced.messages / weights, sum.induced.deliveries / weights}};
}

/// Mean of the lognormal law through p50 and p99; the cut at both ends is left out.
double mean_bytes(const BehaviorSenders& senders) {
    return senders.bytes.p50 * std::exp(senders.sigma * senders.sigma / 2);
}

/// What one message of each behavior amounts to, computed once for all phases.
struct PerMessage {
    std::array<MeanMessage, conversation_classes> by_class{};
    double bytes = 0;
};

class FigureMaker {
  public:
    explicit FigureMaker(const Plan& plan)
        : plan_(plan), scenario_(*plan.scenario), wire_(wire_sizes(plan.scenario->target.adapter)) {
        const std::vector<MeanMessage> each_conversation = conversations();
        for (std::size_t b = 0; b < scenario_.behaviors.size(); ++b) {
            PerMessage& each = per_message_.emplace_back();
            if (!scenario_.behaviors[b].send) continue;
            const BehaviorSenders& senders = plan.senders->behaviors[b];
            for (std::size_t k = 0; k < conversation_classes; ++k)
                each.by_class[k] =
                    mean_message(senders.by_class[k], scenario_.behaviors[b].send->zipf, each_conversation);
            each.bytes = mean_bytes(senders);
        }
    }

    PlanFigures make() {
        population();
        for (const Phase& phase : scenario_.phases) {
            if (phase.kind == PhaseKind::connect)
                out_.connect_seconds = plan_.online_devices / phase.connect_rate;
            if (phase.kind == PhaseKind::drain) out_.drain_seconds += to_seconds(phase.length);
            if (phase.kind == PhaseKind::load) load(phase);
        }
        out_.descriptors = out_.connections + descriptors_beside;
        const double connections = static_cast<double>(out_.connections);
        const bool embedded = scenario_.target.embedded;
        out_.memory_bytes =
            process_base +
            connections *
                (generator_per_connection + kernel_per_connection + (embedded ? server_per_connection : 0)) +
            static_cast<double>(plan_.stream_device.size()) * per_membership +
            (out_.total.messages + out_.induced.messages) * per_message + (embedded ? out_.body_bytes : 0);
        return std::move(out_);
    }

  private:
    std::vector<MeanMessage> conversations() {
        const auto any = [&](auto habit) {
            return std::any_of(plan_.habits.begin(), plan_.habits.end(),
                               [&](const Habits& each) { return (each.*habit).has_value(); });
        };
        const bool answered = any(&Habits::reply), edited = any(&Habits::edit);
        std::vector<MeanMessage> out(plan_.conversations.size());
        for (std::uint32_t c = 0; c < out.size(); ++c) {
            const double recipients = plan_.online_members(ConversationIndex{c}) - 1.0;
            const Branching of = answered ? branching(plan_, ConversationIndex{c}) : Branching{};
            const double edits = edited ? edit_share(plan_, ConversationIndex{c}) : 0;
            const double induced = of.answers + (1 + of.answers) * edits;
            out[c] = {recipients, {induced, induced * recipients}};
            out_.branching = std::max(out_.branching, of.ratio);
        }
        return out;
    }

    void population() {
        out_.users = plan_.users;
        out_.devices = plan_.devices;
        out_.connections = plan_.online_devices;
        out_.memberships = plan_.members.size();
        for (std::uint32_t c = 0; c < plan_.conversations.size(); ++c) {
            const PlannedConversation& conversation = plan_.conversations[c];
            ClassFigures& each = out_.by_class[static_cast<std::size_t>(conversation.kind)];
            ++each.conversations;
            each.memberships += conversation.member_count;
            each.online_memberships += plan_.online_members(ConversationIndex{c});
        }
    }

    void load(const Phase& phase) {
        PhaseFigures figures;
        figures.name = phase.name;
        figures.seconds = to_seconds(phase.length);
        out_.load_seconds += figures.seconds;
        for (const SendStream& stream : phase.streams) {
            figures.peak_rate += peak_rate(stream);
            share_out(stream, expected_sends(stream, phase.length), figures);
        }
        figures.receipts = figures.total().deliveries * receipts_per_delivery();
        weigh(figures);
        out_.total.messages += figures.total().messages;
        out_.total.deliveries += figures.total().deliveries;
        out_.induced.messages += figures.induced.messages;
        out_.induced.deliveries += figures.induced.deliveries;
        out_.phases.push_back(std::move(figures));
    }

    /// Each device says what it received, each user reads it on one device. What comes within
    /// limits::receipt_window of each other is said as one, so this is the most.
    [[nodiscard]] double receipts_per_delivery() const {
        double said = 0;
        for (std::uint32_t u = 0; u < plan_.online_users; ++u)
            if (plan_.habits_of(UserIndex{u}).read) said += plan_.devices_of(UserIndex{u}) + 1;
        return plan_.online_devices > 0 ? said / plan_.online_devices : 0;
    }

    /// Bytes a second; `bytes_*` hold the bodies of the load until then.
    void weigh(PhaseFigures& figures) const {
        const Traffic load = figures.total();
        const double mean_body = load.messages > 0 ? figures.bytes_to_target / load.messages : 0;
        const double messages = load.messages + figures.induced.messages;
        const double deliveries = load.deliveries + figures.induced.deliveries;
        const double recipients = load.messages > 0 ? load.deliveries / load.messages : 0;
        const double beats = figures.seconds * plan_.online_devices / to_seconds(limits::beat_interval);
        figures.bytes_to_target += figures.induced.messages * mean_body + messages * wire_.send +
                                   figures.receipts * wire_.receipt + beats * wire_.beat;
        figures.bytes_from_target += figures.induced.deliveries * mean_body + messages * wire_.ack +
                                     deliveries * wire_.delivery +
                                     figures.receipts * recipients * wire_.receipt_told;
        figures.bytes_to_target /= figures.seconds;
        figures.bytes_from_target /= figures.seconds;
    }

    void share_out(const SendStream& stream, double messages, PhaseFigures& figures) {
        const auto takes_part = [&](const Behavior& behavior) {
            return behavior.send && (stream.behavior.empty() || behavior.name == stream.behavior);
        };
        double weights = 0;
        for (const Behavior& behavior : scenario_.behaviors)
            if (takes_part(behavior)) weights += behavior.send->weight;
        for (std::size_t b = 0; b < scenario_.behaviors.size(); ++b) {
            if (!takes_part(scenario_.behaviors[b])) continue;
            const double own = messages * scenario_.behaviors[b].send->weight / weights;
            for (std::size_t k = 0; k < conversation_classes; ++k) {
                const double in_class = own * plan_.senders->behaviors[b].by_class[k].share;
                const MeanMessage& mean = per_message_[b].by_class[k];
                const double delivered = in_class * mean.recipients;
                figures.induced.messages += in_class * mean.induced.messages;
                figures.induced.deliveries += in_class * mean.induced.deliveries;
                figures.by_class[k].messages += in_class;
                figures.by_class[k].deliveries += delivered;
                figures.bytes_to_target += in_class * per_message_[b].bytes;
                figures.bytes_from_target += delivered * per_message_[b].bytes;
                out_.body_bytes += in_class * per_message_[b].bytes;
                out_.delivered_bytes += delivered * per_message_[b].bytes;
            }
        }
    }

    const Plan& plan_;
    const Scenario& scenario_;
    const WireSizes wire_;
    std::vector<PerMessage> per_message_;
    PlanFigures out_;
};

}  // namespace

Traffic PhaseFigures::total() const {
    Traffic sum;
    for (const Traffic& each : by_class) {
        sum.messages += each.messages;
        sum.deliveries += each.deliveries;
    }
    return sum;
}

PlanFigures figures(const Plan& plan) {
    return FigureMaker(plan).make();
}

}  // namespace hubbub
