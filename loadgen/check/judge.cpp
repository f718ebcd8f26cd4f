#include "loadgen/check/judge.hpp"

#include <algorithm>
#include <array>

#include "loadgen/check/conversation_judge.hpp"
#include "loadgen/check/conversation_sorter.hpp"
#include "loadgen/check/presence_judge.hpp"
#include "loadgen/check/receipt_judge.hpp"
#include "loadgen/check/stamp_judge.hpp"
#include "loadgen/check/talk_judge.hpp"
#include "loadgen/check/unchecked.hpp"
#include "loadgen/check/worker_evidence.hpp"
#include "loadgen/plan/contacts.hpp"
#include "loadgen/plan/sessions.hpp"

namespace hubbub {
namespace {

/// The workers' kinds, and behind them what only all workers together can tell.
using Kind = std::size_t;
constexpr Kind ack = static_cast<Kind>(Latency::ack), delivery = static_cast<Kind>(Latency::delivery),
               catch_up = static_cast<Kind>(Latency::catch_up), delivery_first = latency_names.size(),
               delivery_last = delivery_first + 1, kinds = delivery_last + 1;

std::string_view kind_name(Kind kind) {
    if (kind < latency_names.size()) return latency_names[kind];
    return kind == delivery_first ? "delivery_first" : "delivery_last";
}

std::string class_label(std::size_t kind) {
    return "class=" + std::string(name(static_cast<ConversationClass>(kind)));
}

/// All workers' latencies, taken apart by kind, class and phase, and put together again for the report.
class LatencySum {
  public:
    explicit LatencySum(const Scenario& scenario)
        : scenario_(scenario),
          phases_(std::max<std::size_t>(scenario.phases.size(), 1)),
          cells_(kinds * LatencySeries::classes * phases_),
          cohorts_(scenario.population.cohorts.size() * LatencyBook::kinds_by_cohort) {}

    [[nodiscard]] bool measured(std::size_t phase) const {
        return phase >= scenario_.phases.size() || scenario_.phases[phase].measure;
    }
    Histogram& cell(Kind kind, ConversationClass of_class, std::size_t phase) {
        return cells_[(kind * LatencySeries::classes + static_cast<std::size_t>(of_class)) * phases_ + phase];
    }

    Histogram& of_cohort(Latency what, std::size_t cohort) {
        return cohorts_[cohort * LatencyBook::kinds_by_cohort + static_cast<std::size_t>(what)];
    }
    void add_cohorts(const LatencyBook& book) {
        for (std::size_t cohort = 0; cohort < book.cohorts(); ++cohort)
            for (const Latency what : {Latency::ack, Latency::delivery})
                of_cohort(what, cohort) += book.of_cohort(what, cohort);
    }
    void add_missing(const JudgedDelivery& one) {
        const std::uint32_t missing = one.missing - one.missing_offline;
        for (std::size_t cohort = 0; missing > 0 && cohort < scenario_.population.cohorts.size(); ++cohort)
            of_cohort(Latency::delivery, cohort)
                .record_missing(one.by_cohort.empty() ? missing : one.by_cohort[cohort]);
    }

    void add(Kind kind, const LatencySeries& series) {
        for (std::size_t c = 0; c < LatencySeries::classes; ++c)
            for (std::size_t p = 0; p < phases_; ++p)
                cell(kind, static_cast<ConversationClass>(c), p) += series.cell(c, p);
    }

    static void add_seconds(const LatencySeries& series, std::map<std::uint32_t, Histogram>& by_second) {
        for (std::size_t second = 0; second < series.seconds().size(); ++second) {
            Histogram of_second;
            series.seconds()[second].add_to(of_second);
            if (of_second.count() > 0) by_second[static_cast<std::uint32_t>(second)] += of_second;
        }
    }

    [[nodiscard]] std::map<LatencyKey, Histogram> labelled() {
        std::map<LatencyKey, Histogram> out;
        for (std::size_t k = 0; k < kinds; ++k) {
            const std::string kind(kind_name(k));
            if (k == ack || k == delivery || k >= delivery_first) out[{kind, ""}];  // shown even when empty
            for (std::size_t c = 0; c < LatencySeries::classes; ++c) {
                for (std::size_t p = 0; p < phases_; ++p) {
                    const Histogram& one = cell(k, static_cast<ConversationClass>(c), p);
                    if (one.count() + one.missing() == 0) continue;
                    const std::string phase =
                        p < scenario_.phases.size() ? "phase=" + scenario_.phases[p].name : "phase=";
                    out[{kind, ""}] += one;
                    out[{kind, class_label(c)}] += one;
                    out[{kind, phase}] += one;
                    out[{kind, class_label(c) + "," + phase}] += one;
                }
            }
        }
        for (std::size_t cohort = 0; cohort < scenario_.population.cohorts.size(); ++cohort)
            for (const Latency what : {Latency::ack, Latency::delivery})
                if (const Histogram& one = of_cohort(what, cohort); one.count() + one.missing() > 0)
                    out[{std::string(latency_names[static_cast<std::size_t>(what)]),
                         "cohort=" + scenario_.population.cohorts[cohort].name}] = one;
        return out;
    }

  private:
    const Scenario& scenario_;
    std::size_t phases_;
    std::vector<Histogram> cells_;
    std::vector<Histogram> cohorts_;  ///< as in LatencyBook
};

}  // namespace

struct Judge::Impl {
    Impl(const Plan& plan_, RunKey key_, BackendAbilities abilities_)
        : plan(plan_), key(key_), abilities(abilities_), latency(*plan_.scenario) {}

    const Plan& plan;
    const RunKey key;
    const BackendAbilities abilities;
    std::vector<const WorkerEvidence*> workers;
    LatencySum latency;
    Judgement out;
    EvidenceBook evidence;

    void sum_workers();
    void count_row(const LedgerEntry& row);
    void judge_conversations();
    void note_delivery(const JudgedDelivery& delivery);
    [[nodiscard]] ConversationJudge::Findings findings() {
        return {out.totals, out.violations, evidence,
                [this](const JudgedDelivery& one) { note_delivery(one); }};
    }
    void judge_presence(std::map<LatencyKey, Histogram>& latencies);
    void name_evidence();

    [[nodiscard]] ConversationIndex conversation_of(const LedgerEntry& row) const {
        return plan.stream_conversation[row.stream];
    }
};

Judge::Judge(const Plan& plan, RunKey key, BackendAbilities abilities)
    : impl_(std::make_shared<Impl>(plan, key, abilities)) {}

void Judge::add(const WorkerEvidence& worker) {
    impl_->workers.push_back(&worker);
}

Judgement Judge::judge() {
    Impl& impl = *impl_;
    impl.out.sent_by_phase.resize(UINT8_MAX + 1);  // a row keeps its phase in 8 bits
    impl.out.induced_by_phase.resize(UINT8_MAX + 1);
    const auto& habits = impl.plan.habits;
    if (std::none_of(habits.begin(), habits.end(), [](const Habits& one) { return one.react.has_value(); }))
        impl.out.not_checked.emplace_back("reactions");
    const bool watched = impl.abilities.presence && anybody_watches(impl.plan);
    if (impl.abilities.presence && !watched) impl.out.not_checked.emplace_back("presence");
    if (impl.abilities.receipts && !somebody_reads(impl.plan)) impl.out.not_checked.emplace_back("receipts");
    for (const Unchecked& one : unchecked(impl.abilities)) impl.out.not_checked.emplace_back(one.counter);
    if (!impl.abilities.sequence)
        impl.out.sampled.emplace_back("order", "per receiver and sender, at most " +
                                                   std::to_string(StampBook::ordered_receivers_max) +
                                                   " receivers of a conversation");
    impl.sum_workers();
    if (impl.abilities.sequence)
        impl.judge_conversations();
    else
        StampJudge(impl.plan, impl.workers, impl.findings()).judge();
    judge_talk(impl.workers, impl.findings());
    std::map<LatencyKey, Histogram> presence;
    if (watched) impl.judge_presence(presence);
    ReceiptJudge receipts(impl.plan, impl.workers, impl.findings());
    receipts.judge();
    if (receipts.sampled()) impl.out.sampled.emplace_back("receipts", std::string(ReceiptBook::sample));
    impl.name_evidence();
    impl.out.latency = impl.latency.labelled();
    impl.out.latency.merge(presence);
    return std::move(impl.out);
}

// What was certain at receipt.
void Judge::Impl::sum_workers() {
    for (const WorkerEvidence* const worker : workers) {
        Violations& sum = out.violations;
        sum.duplicate_raw += worker->live.duplicate_raw;
        sum.duplicate += worker->live.duplicate;
        sum.order += worker->live.order;
        sum.gap_live += worker->live.gap_live;
        sum.gap_healed += worker->live.gap_healed;
        sum.leaked += worker->live.leaked;
        sum.history += worker->live.history;
        out.totals.skipped += worker->live.skipped;
        sum.resume += worker->live.resume;
        sum.receipts += worker->live.receipts;
        sum.corrupt += worker->implausible;
        evidence.merge(worker->evidence);
        for (Kind kind = 0; kind < latency_names.size(); ++kind)
            latency.add(kind, worker->latency.of(static_cast<Latency>(kind)));
        latency.add_cohorts(worker->latency);
        LatencySum::add_seconds(worker->latency.of(Latency::ack), out.ack_by_second);
        LatencySum::add_seconds(worker->latency.of(Latency::delivery), out.delivery_by_second);
        for (std::uint32_t row = 0; row < worker->ledger.size(); ++row) count_row(worker->ledger[row]);
    }
}

void Judge::Impl::count_row(const LedgerEntry& row) {
    Totals& totals = out.totals;
    totals.sent += row.state == RowState::intended ? 0 : 1;
    const std::uint64_t sent = row.state == RowState::intended ? 0 : 1;
    totals.induced += row.induced != 0 ? sent : 0;
    (row.induced != 0 ? out.induced_by_phase : out.sent_by_phase)[row.phase] += sent;
    totals.acked += row.acked() ? 1 : 0;
    totals.rejected += row.state == RowState::rejected ? 1 : 0;
    totals.indeterminate += row.state == RowState::attempted ? 1 : 0;
    totals.unsent += row.state == RowState::intended ? 1 : 0;
    // An answer that never came is as slow as can be.
    const bool unanswered = row.state == RowState::intended || row.state == RowState::attempted;
    if (!unanswered || !latency.measured(row.phase)) return;
    if (!abilities.answers_sends() && row.state == RowState::attempted) return;  // nobody ever answers
    latency.cell(ack, plan.conversations[conversation_of(row).index()].kind, row.phase).record_missing(1);
    out.ack_by_second[static_cast<std::uint32_t>(row.intended_us / 1'000'000)].record_missing(1);
    if (const auto cohort = plan.cohort_of(plan.stream_device[row.stream]))
        latency.of_cohort(Latency::ack, *cohort).record_missing(1);
}

void Judge::Impl::judge_conversations() {
    ConversationSorter sorter(plan, workers);
    while (const auto conversation = sorter.next()) {
        ConversationJudge judge(*conversation, abilities.history, findings());
        judge.judge();
    }
}

void Judge::Impl::note_delivery(const JudgedDelivery& one) {
    const LedgerEntry& row = *one.row;
    if (one.expected == 0 || !latency.measured(row.phase)) return;
    const ConversationClass kind = plan.conversations[conversation_of(row).index()].kind;
    const std::uint32_t missing = one.missing - one.missing_offline;
    if (one.missing_offline > 0) latency.cell(catch_up, kind, row.phase).record_missing(one.missing_offline);
    latency.add_missing(one);
    if (missing > 0) {
        latency.cell(delivery, kind, row.phase).record_missing(missing);
        out.delivery_by_second[static_cast<std::uint32_t>(row.intended_us / 1'000'000)].record_missing(
            missing);
    }
    // Where everybody was planned offline nobody was first.
    if (missing == 0 && one.first_us == Micros40::none && !plan.sessions->empty()) return;
    const auto note = [&](Kind which, std::uint64_t at_us, bool complete) {
        Histogram& cell = latency.cell(which, kind, row.phase);
        if (!complete || at_us == Micros40::none)
            cell.record_missing(1);
        else
            cell.record(at_us > row.intended_us ? static_cast<std::int64_t>(at_us - row.intended_us) : 0);
    };
    note(delivery_first, one.first_us, one.missing < one.expected);
    note(delivery_last, one.last_us, missing == 0);
}

void Judge::Impl::judge_presence(std::map<LatencyKey, Histogram>& latencies) {
    PresenceJudge judge(plan, workers, {out.violations, evidence, latencies});
    judge.judge();
    if (judge.blind() && out.violations.presence == 0) out.not_checked.emplace_back("presence");
    if (judge.share() < 1)
        out.sampled.emplace_back("presence", "pairs of watcher and watched drawn by hash, about " +
                                                 std::to_string(judged_pairs_max));
}

void Judge::Impl::name_evidence() {
    const auto user = [&](std::uint32_t device) {
        if (device >= plan.devices) return std::string();
        return plan.label(DeviceIndex{device});
    };
    for (const auto& [counter, cases] : evidence.cases()) {
        for (const RawEvidence& raw : cases) {
            Evidence named;
            named.kind = counter;
            if (raw.conversation < plan.conversations.size())
                named.conversation = std::to_string(raw.conversation) + " (" +
                                     std::string(name(plan.conversations[raw.conversation].kind)) + ")";
            named.sender = user(raw.sender);
            named.k = raw.k;
            named.sequence = raw.sequence;
            named.receiver = user(raw.receiver);
            named.at = static_cast<double>(raw.at_us) / 1e6;
            named.why = raw.why;
            out.evidence.push_back(std::move(named));
        }
    }
}

}  // namespace hubbub
