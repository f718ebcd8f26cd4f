#include "loadgen/client/worker.hpp"

#include "base/assert.hpp"
#include "loadgen/client/worker_impl.hpp"

namespace hubbub {
namespace {

/// Looking for a free port among many takes the kernel up to a millisecond: a storm of dials must not keep
/// the links that stand from their beats.
constexpr std::uint32_t dials_a_turn = 256;

Alarm alarm_for(WorkerAlarm what, std::uint32_t index) {
    Alarm alarm;
    alarm.what = static_cast<std::uint32_t>(what);
    alarm.index = index;
    return alarm;
}

}  // namespace

Worker::Impl::Impl(const Plan& the_plan, Slice the_slice, RunKey key, Links& the_links,
                   std::unique_ptr<Adapter> the_adapter, WorkerOptions the_options)
    : plan(the_plan),
      slice(the_slice),
      run(key.run),
      faults(FaultTimeline::wanted(the_plan)
                 ? std::make_unique<FaultTimeline>(the_plan, the_slice, the_links, *this, key.epoch)
                 : nullptr),
      links(faults ? faults->links() : the_links),
      adapter(std::move(the_adapter)),
      abilities(adapter->abilities()),
      options(the_options),
      checker(the_plan, the_slice, key, abilities),
      wire(links, *adapter, Random(the_plan.seed).child("masks").child(the_slice.first_user)),
      wheel(key.epoch),
      clients(the_slice.last_device - the_slice.first_device),
      sends(the_slice.first_stream, the_slice.last_stream),
      storms(the_plan, the_slice, key.epoch),
      expiry(the_plan, key.epoch, options.tokens),
      arrival_alarm(alarm_for(WorkerAlarm::arrival, 0)),
      deed_alarm(alarm_for(WorkerAlarm::deed, 0)) {
    for (std::uint32_t i = 0; i < clients.size(); ++i) {
        clients[i].action = alarm_for(WorkerAlarm::client_action, i);
        clients[i].patience = alarm_for(WorkerAlarm::client_patience, i);
        if (plan.online(device_of(clients[i]))) ++counted.users;
    }
}

void Worker::Impl::turn(Time now) {
    dials_left = dials_a_turn;
    if (expiry.wanted()) expiry.turn(now);
    wheel.advance(now, [&](TimerNode& node) { fire(alarm_of(node), now); });
}

void Worker::Impl::fire(Alarm& alarm, Time now) {
    switch (static_cast<WorkerAlarm>(alarm.what)) {
        case WorkerAlarm::client_action:
            return act(clients[alarm.index], now);
        case WorkerAlarm::client_patience:
            return run_out_of_patience(clients[alarm.index], now);
        case WorkerAlarm::arrival:
            return play_arrivals(now);
        case WorkerAlarm::deed:
            habits.do_what_is_due(now);
            if (habits.next_deed() != never) wheel.arm(deed_alarm, habits.next_deed());
            return;
    }
}

VirtualClient* Worker::Impl::client_of(LinkId link) {
    const auto slot = static_cast<std::uint32_t>(link.value);
    if (slot >= client_by_slot.size() || client_by_slot[slot] >= clients.size()) return nullptr;
    VirtualClient& client = clients[client_by_slot[slot]];
    return client.linked() && client.link == link ? &client : nullptr;
}

Spoken Worker::Impl::say(VirtualClient& client, const ClientMessage& message, Time now) {
    const Spoken spoken = wire.say(client.link, message, speaker(client));
    if (spoken == Spoken::said) client.last_said = now;
    return spoken;
}

void Worker::Impl::obey_conversations(const command::Conversations& command) {
    ready = command.ready;
    adapter->know(*ready);
    HUBBUB_ASSERT(ready->size() == plan.conversations.size(), "setup left out a conversation");
    conversations = ConversationTable(ready->size());
    for (std::uint32_t c = 0; c < ready->size(); ++c) {
        const ReadyConversation& conversation = (*ready)[c];
        conversations.add(conversation.id, ConversationIndex{c});
        checker.conversation_ready(ConversationIndex{c}, conversation.epoch, conversation.head);
    }
}

Worker::Worker(const Plan& plan, Slice slice, RunKey key, Links& links, std::unique_ptr<Adapter> adapter,
               WorkerOptions options)
    : impl_(std::make_unique<Impl>(plan, slice, key, links, std::move(adapter), options)) {}
Worker::~Worker() = default;

void Worker::opened(LinkId link, std::uint64_t token, Time now) {
    impl_->entrance().opened(link, token, now);
}
void Worker::dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) {
    impl_->entrance().dial_failed(token, why, detail, now);
}
void Worker::received(LinkId link, std::span<char> bytes, Time now) {
    impl_->entrance().received(link, bytes, now);
}
void Worker::closed(LinkId link, LinkEnd why, Time now) {
    impl_->entrance().closed(link, why, now);
}
void Worker::turn(Time now) {
    impl_->entrance().turn(now);
}
Time Worker::next_deadline() const {
    return impl_->entrance().next_deadline();
}

void Worker::obey(const WorkerCommand& command, Time now) {
    Impl& worker = *impl_;
    ++worker.counted.obeyed;
    if (const auto* conversations = std::get_if<command::Conversations>(&command)) {
        worker.obey_conversations(*conversations);
    } else if (const auto* begin = std::get_if<command::BeginPhase>(&command)) {
        const Phase& phase = worker.plan.scenario->phases[begin->phase];
        worker.checker.begin_phase(begin->phase, begin->start);
        worker.storms.begin_phase(begin->phase, begin->start);
        if (worker.faults) worker.faults->begin_phase(begin->phase, begin->start);
        worker.expiry.begin_phase(begin->phase, begin->start, now);
        worker.look_at_renewals();
        if (phase.kind == PhaseKind::connect) worker.begin_opening(begin->start);
        if (phase.kind != PhaseKind::load) return;
        worker.begin_arrivals(begin->phase, begin->start);
        worker.habits.tell(
            [&](Habit& habit) { habit.load_begins(begin->phase, begin->start, phase.length, now); });
    } else if (std::holds_alternative<command::Settle>(command)) {
        worker.end_arrivals(now);
        if (worker.faults) worker.faults->heal(now);
        worker.expiry.heal(now);
        worker.look_at_renewals();
        worker.habits.tell([&](Habit& habit) { habit.settle(now); });
    } else if (const auto* expect = std::get_if<command::ExpectHeads>(&command)) {
        worker.heads = expect->heads;
        worker.checker.expected_heads(*expect->heads);
        worker.habits.tell([&](Habit& habit) { habit.heads_known(now); });
    } else if (std::holds_alternative<command::Repair>(command)) {
        worker.repair_all(now);
    } else if (std::holds_alternative<command::Audit>(command)) {
        worker.audit_all(now);
        if (worker.heads) worker.habits.tell([&](Habit& habit) { habit.audit(*worker.heads, now); });
    } else {
        worker.finish(now);
    }
}

WorkerStatus Worker::status() const {
    WorkerStatus status = impl_->counted;
    status.arrivals_done = !impl_->next_arrival && !impl_->arrivals;
    status.waiting = impl_->sends.waiting();
    status.in_flight = impl_->sends.in_flight();
    status.owed = impl_->heads ? impl_->checker.owed() : 0;
    status.audits_pending = impl_->audits.pending() + static_cast<std::uint32_t>(impl_->habits.pending());
    status.live = impl_->checker.live();
    return status;
}

const Checker& Worker::checker() const {
    return impl_->checker;
}
const Histogram& Worker::schedule_lag() const {
    return impl_->schedule_lag;
}
const Histogram& Worker::connect_latency() const {
    return impl_->connect_latency;
}
const Histogram& Worker::reconnect_latency() const {
    return impl_->reconnect_latency;
}
const std::map<std::string, std::uint64_t>& Worker::errors() const {
    return impl_->errors.all();
}
FaultEvidence Worker::faults() const {
    FaultEvidence out = impl_->storms.evidence();
    if (impl_->faults) impl_->faults->add_to(out);
    impl_->expiry.add_to(out);
    return out;
}
std::uint64_t Worker::frame_cache_hits() const {
    return impl_->frames.hits();
}

}  // namespace hubbub
