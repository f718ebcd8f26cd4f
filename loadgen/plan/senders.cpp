#include "loadgen/plan/senders.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "loadgen/plan/churn.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Shortest body: the stamp of loadgen/check/stamp.hpp, which this part must not include.
constexpr std::uint32_t body_bytes_min = 48;
/// 99 % quantile of the standard normal law: p99 = p50 * exp(sigma * z).
constexpr double z99 = 2.3263478740408408;

double wanted_share(const SendBehavior& send, ConversationClass kind) {
    switch (kind) {
        case ConversationClass::direct:
            return send.to_direct;
        case ConversationClass::group:
            return send.to_group;
        case ConversationClass::channel:
            return send.to_channel;
    }
    return 0;
}

bool has(const Plan& plan, UserIndex user, std::size_t behavior) {
    return plan.scenario->behaviors[behavior].share >= 1 || plan.part_of[user.index()] == behavior;
}

/// Collects, in one walk over all conversations, the senders of every behavior and class.
void collect(const Plan& plan, SenderTable& table) {
    std::vector<std::uint32_t> next(plan.stream_begin.begin(), plan.stream_begin.end() - 1);
    const auto& behaviors = plan.scenario->behaviors;
    for (std::uint32_t c = 0; c < plan.conversations.size(); ++c) {
        const auto members = plan.members_of(ConversationIndex{c});
        const auto kind = plan.conversations[c].kind;
        for (std::size_t b = 0; b < behaviors.size(); ++b) {
            if (!behaviors[b].send || wanted_share(*behaviors[b].send, kind) <= 0 || members.size() < 2)
                continue;
            SenderChoice& choice = table.behaviors[b].by_class[static_cast<std::size_t>(kind)];
            const std::size_t before = choice.senders.size();
            for (const UserIndex user : members) {
                if (user.value >= plan.online_users)
                    break;  // members are sorted, the online users come first
                const StreamIndex stream{next[plan.device_of(user).index()]};
                // Whose membership ends and begins again only listens there.
                if (has(plan, user, b) && !plan.churn->churns(stream)) choice.senders.push_back(stream);
            }
            if (choice.senders.size() == before) continue;
            choice.conversations.push_back(ConversationIndex{c});
            choice.first.push_back(static_cast<std::uint32_t>(before));
        }
        for (const UserIndex user : members) ++next[plan.device_of(user).index()];
    }
}

AliasTable zipf_table(std::size_t ranks, double s) {
    std::vector<double> weights(ranks);
    for (std::size_t r = 0; r < ranks; ++r) weights[r] = std::pow(static_cast<double>(r + 1), -s);
    return AliasTable(weights);
}

void finish(const Plan& plan, std::size_t b, SenderTable& table, std::vector<std::string>& errors) {
    const Behavior& behavior = plan.scenario->behaviors[b];
    BehaviorSenders& senders = table.behaviors[b];
    const SendBehavior& send = *behavior.send;
    senders.bytes = send.bytes;
    senders.sigma = send.bytes.p99 > send.bytes.p50
                        ? std::log(static_cast<double>(send.bytes.p99) / send.bytes.p50) / z99
                        : 0;
    for (std::size_t k = 0; k < conversation_classes; ++k) {
        const auto kind = static_cast<ConversationClass>(k);
        SenderChoice& choice = senders.by_class[k];
        choice.share = wanted_share(send, kind);
        if (choice.share <= 0) continue;
        if (choice.conversations.empty()) {
            errors.push_back(
                located(*plan.scenario, send.place,
                        "behaviors." + behavior.name + ".send.to." + std::string(class_name(kind)) + ": no " +
                            std::string(class_name(kind)) +
                            " conversation of the topology has an online member with this behavior"));
            continue;
        }
        choice.first.push_back(static_cast<std::uint32_t>(choice.senders.size()));
        if (send.zipf > 0) choice.by_rank = zipf_table(choice.conversations.size(), send.zipf);
    }
}

}  // namespace

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<double> scaled(weights.size());
    std::vector<std::uint32_t> small, large;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
        scaled[i] = weights[i] / sum * static_cast<double>(weights.size());
        cells_[i] = {std::uint64_t{1} << 32, i};
        (scaled[i] < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
        const std::uint32_t poor = small.back();
        const std::uint32_t rich = large.back();
        small.pop_back();
        cells_[poor] = {static_cast<std::uint64_t>(scaled[poor] * 0x1p32), rich};
        scaled[rich] -= 1 - scaled[poor];
        if (scaled[rich] < 1) {
            large.pop_back();
            small.push_back(rich);
        }
    }
}

StreamIndex BehaviorSenders::pick(Random& random) const {
    double u = random.unit();
    std::size_t last = 0;
    for (std::size_t k = 0; k < conversation_classes; ++k) {
        if (by_class[k].share <= 0) continue;
        last = k;
        if (u < by_class[k].share) break;
        u -= by_class[k].share;
    }
    return by_class[last].pick(random);
}

std::uint32_t BehaviorSenders::body_bytes(Random& random) const {
    const double size = sigma > 0 ? random.lognormal(bytes.p50, sigma) : bytes.p50;
    return static_cast<std::uint32_t>(
        std::clamp(std::round(size), double{body_bytes_min}, static_cast<double>(limits::body_bytes_max)));
}

std::vector<std::uint16_t> deal_behaviors(const Plan& plan, Random random) {
    std::vector<std::uint32_t> deck(plan.online_users);
    std::iota(deck.begin(), deck.end(), 0U);
    for (std::size_t i = deck.size(); i > 1; --i) std::swap(deck[i - 1], deck[random.below(i)]);
    std::vector<std::uint16_t> part(plan.online_users, Plan::no_part);
    double border = 0;
    std::size_t next = 0;
    const auto& behaviors = plan.scenario->behaviors;
    for (std::size_t b = 0; b < behaviors.size(); ++b) {
        if (behaviors[b].share >= 1) continue;
        border += behaviors[b].share;
        const auto end = std::min(
            deck.size(), static_cast<std::size_t>(std::llround(border * static_cast<double>(deck.size()))));
        for (; next < end; ++next) part[deck[next]] = static_cast<std::uint16_t>(b);
    }
    return part;
}

std::shared_ptr<const SenderTable> make_senders(const Plan& plan, std::vector<std::string>& errors) {
    auto table = std::make_shared<SenderTable>();
    table->behaviors.resize(plan.scenario->behaviors.size());
    collect(plan, *table);
    for (std::size_t b = 0; b < plan.scenario->behaviors.size(); ++b) {
        if (plan.scenario->behaviors[b].send) finish(plan, b, *table, errors);
    }
    return table;
}

std::string located(const Scenario& scenario, Place place, const std::string& what) {
    if (place.line == 0) return what;
    const std::string& file =
        place.source < scenario.sources.size() ? scenario.sources[place.source] : scenario.file;
    return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + what;
}

std::string_view class_name(ConversationClass kind) {
    switch (kind) {
        case ConversationClass::direct:
            return "direct";
        case ConversationClass::group:
            return "group";
        case ConversationClass::channel:
            return "channel";
    }
    return "?";
}

}  // namespace hubbub
