// A client's way from idle to live, and back after a loss.
#include <algorithm>

#include "base/assert.hpp"
#include "loadgen/client/backoff.hpp"
#include "loadgen/client/worker_impl.hpp"
#include "protocol/limits.hpp"
#include "protocol/resume_answer.hpp"

namespace hubbub {
namespace {

/// A catch-up follows its announcement at once. One whose last entry never comes must not hold sends for
/// ever.
constexpr Duration catch_up_patience = std::chrono::seconds{1};

/// A refusal by status that no waiting will change: come back only for what is temporary by RFC 9110.
bool refused_for_good(LinkEnd why, int status) {
    return why == LinkEnd::http_status && status >= 400 && status < 500 && status != 408 && status != 425 &&
           status != 429;
}

std::uint64_t dial_token(std::uint32_t client, std::uint32_t dials) {
    return std::uint64_t{dials} << 32 | client;
}

/// A backend that does not say from where it goes on goes on where it was asked to. It announces nothing when
/// it says nothing of its head.
ResumedPosition completed(ResumedPosition answer, const Position& asked) {
    if (answer.from == 0) answer.head = asked.sequence;
    answer.from = asked.sequence + 1;
    if (answer.head <= asked.sequence) answer.status = ResumeStatus::ok;
    return answer;
}

/// In milliseconds; 0: never. An eighth of what the server asks for is left for the way.
std::uint32_t shows_life_every(const Habits& habits, const Welcome& welcome) {
    if (habits.heartbeat)
        return static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(*habits.heartbeat).count());
    const std::uint32_t asked =
        welcome.beat_ms != 0
            ? welcome.beat_ms
            : static_cast<std::uint32_t>(
                  std::chrono::duration_cast<std::chrono::milliseconds>(limits::beat_interval).count());
    return std::max(asked - asked / 8, 1U);
}

/// Where the client stands when the answer comes: a backend may push what was missed before it answers.
Position when_answered(Position asked, const ResumedPosition& answer, Sequence holds) {
    if (answer.status == ResumeStatus::ok) asked.sequence = std::max(asked.sequence, holds);
    return asked;
}

}  // namespace

void Worker::Impl::begin_opening(Time start) {
    for (VirtualClient& client : clients) {
        const auto offset = plan.open_offset(device_of(client));
        if (client.state == ClientState::idle && offset) wheel.arm(client.action, start + *offset);
    }
}

void Worker::Impl::dial(VirtualClient& client, Time now) {
    if (!client.was_live && client.dials == 0) client.since = now;
    client.state = ClientState::dialing;
    ++client.dials;
    ++counted.links_open;
    storms.dialed(now);
    const std::uint32_t endpoint =
        (device_of(client).value + client.attempts) % std::max(options.endpoints, 1U);
    wheel.arm(client.patience, now + options.connect_timeout);
    links.dial(dial_token(index_of(client), client.dials), endpoint);
}

DeviceIndex Worker::device_of_dial(const Slice& slice, std::uint64_t token) {
    return DeviceIndex{slice.first_device + static_cast<std::uint32_t>(token)};
}

void Worker::Impl::opened(LinkId link, std::uint64_t token, Time now) {
    VirtualClient& client = clients[static_cast<std::uint32_t>(token)];
    const bool current =
        client.state == ClientState::dialing && token == dial_token(index_of(client), client.dials);
    if (!current) return links.abort(link);
    const auto slot = static_cast<std::uint32_t>(link.value);
    if (slot >= client_by_slot.size()) client_by_slot.resize(slot + 1, UINT32_MAX);
    client_by_slot[slot] = index_of(client);
    client.link = link;
    client.state = ClientState::greeting;
    client.last_heard = now;
    const std::string user = plan.user_name(plan.user_of(device_of(client)));
    const std::string device = plan.device_name(device_of(client), run);
    const std::string proof = expiry.token(device_of(client), now);
    client.token_at = now;
    client.memory = 0;
    const Spoken hello = say(client, Hello{user, device, proof}, now);
    habits.tell([&](Habit& habit) { habit.greeted(device_of(client), now); });
    if (hello == Spoken::granted) welcomed(client, adapter->welcome(), now);
}

void Worker::Impl::dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) {
    --counted.links_open;
    VirtualClient& client = clients[static_cast<std::uint32_t>(token)];
    if (client.state != ClientState::dialing || token != dial_token(index_of(client), client.dials)) return;
    std::string error(name(why));
    if (why == LinkEnd::http_status) error += " " + std::to_string(detail);
    lose(client, error, !refused_for_good(why, detail), now);
}

void Worker::Impl::closed(LinkId link, LinkEnd why, Time now) {
    --counted.links_open;
    if (VirtualClient* client = client_of(link))
        lose(*client, "link: " + std::string(name(why)), true, now);
    else if (const auto parted = parted_from(link); parted && why != LinkEnd::reset)
        habits.tell([&](Habit& habit) { habit.farewell_heard(*parted, now); });
}

std::optional<DeviceIndex> Worker::Impl::parted_from(LinkId link) const {
    const auto slot = static_cast<std::uint32_t>(link.value);
    if (slot >= client_by_slot.size() || client_by_slot[slot] >= clients.size()) return std::nullopt;
    const VirtualClient& client = clients[client_by_slot[slot]];
    if (client.state != ClientState::parted || client.link != link) return std::nullopt;
    return device_of(client);
}

void Worker::Impl::welcomed(VirtualClient& client, const Welcome& welcome, Time now) {
    if (client.state != ClientState::greeting) return errors.count("protocol: a second welcome");
    client.beat_ms = shows_life_every(plan.habits_of(plan.user_of(device_of(client))), welcome);
    client.ttl_ms = welcome.ttl_ms;
    const auto most = static_cast<std::uint32_t>(limits::in_flight_max);
    client.window =
        static_cast<std::uint8_t>(welcome.in_flight == 0 ? most : std::min(welcome.in_flight, most));
    client.state = ClientState::resuming;
    habits.tell([&](Habit& habit) { habit.welcomed(device_of(client), welcome, now); });
    arm_action(client);
    ask_to_resume(client, now);
}

void Worker::Impl::ask_to_resume(VirtualClient& client, Time now) {
    HUBBUB_ASSERT(ready != nullptr, "conversations come before the connect phase");
    const std::uint32_t first = plan.stream_begin[device_of(client).value];
    const std::uint32_t last = plan.stream_begin[device_of(client).value + 1];
    if (first == last) return go_live(client, now);
    Errands& errands = client.need_errands();
    errands.asked.clear();
    Resume resume;
    bool granted = false;
    for (std::uint32_t s = first; s < last; ++s) {
        Position position = checker.position(StreamIndex{s});
        position.conversation = ready_of(StreamIndex{s}).id;
        errands.asked.push_back({position, false});
        resume.positions.push_back(position);
        if (resume.positions.size() < limits::resume_positions_max && s + 1 < last) continue;
        granted |= say(client, resume, now) == Spoken::granted;
        resume.positions.clear();
    }
    if (!granted) return;
    errands.granted_at = now + adapter->grace();
    arm_action(client);
}

void Worker::Impl::grant(VirtualClient& client, Time now) {
    client.errands->granted_at = never;
    Resumed answer;
    for (const Errands::Asked& asked : client.errands->asked)
        answer.positions.push_back(
            {asked.position.conversation, asked.position.epoch, 0, 0, ResumeStatus::ok});
    resumed(client, answer, now);
}

void Worker::Impl::resumed(VirtualClient& client, const Resumed& answer, Time now) {
    const std::uint32_t first = plan.stream_begin[device_of(client).value];
    for (const ResumedPosition& position : answer.positions) {
        const auto stream = stream_of(client, position.conversation);
        const std::size_t at = stream ? stream->value - first : 0;
        // Also while other positions are not answered yet its user may join again.
        const bool unasked =
            !client.errands || at >= client.errands->asked.size() || client.errands->asked[at].answered;
        if (stream && unasked && checker.rejoined(*stream, position, now)) {
            follow(client, *stream, position, now);
            continue;
        }
        if (!stream || unasked) {
            errors.count("protocol: resumed what was not asked");
            continue;
        }
        client.errands->asked[at].answered = true;
        const Position& asked = client.errands->asked[at].position;
        if (abilities.numbers) {
            resumed_stream(client, *stream, asked, position, now);
        } else {
            const Position stands = when_answered(asked, position, checker.position(*stream).sequence);
            resumed_stream(client, *stream, stands, completed(position, stands), now);
        }
    }
    if (answer.pending > 0 || client.state != ClientState::resuming) return;
    for (const Errands::Asked& asked : client.errands->asked)
        if (!asked.answered) errors.count("protocol: a resume was not answered");
    go_live(client, now);
}

bool Worker::Impl::resumed_already(const VirtualClient& client, StreamIndex stream) const {
    if (client.state != ClientState::resuming) return client.live();
    const std::size_t at = stream.value - plan.stream_begin[device_of(client).value];
    return client.errands && at < client.errands->asked.size() && client.errands->asked[at].answered;
}

void Worker::Impl::resumed_stream(VirtualClient& client, StreamIndex stream, const Position& asked,
                                  const ResumedPosition& answer, Time now) {
    checker.resumed(stream, asked, answer, now);
    const bool something = answer.from <= answer.head;
    follow(client, stream, answer, now);
    // Another epoch: the log lost positions, and with them perhaps numbers. They can be learnt again only
    // from a log that is shown from its beginning, by the catch-up or by pages.
    if (answer.status == ResumeStatus::forbidden || answer.from > ready_of(stream).head + 1) return;
    if (!begins_anew(asked, answer) && answer.epoch == asked.epoch) return;
    sends.renumber_from_log(client.sends, stream);
    if (!something || answer.status == ResumeStatus::gone) sends.log_read(client.sends, stream);
}

void Worker::Impl::follow(VirtualClient& client, StreamIndex stream, const ResumedPosition& answer,
                          Time now) {
    if (answer.from > answer.head || answer.status == ResumeStatus::forbidden) return;
    if (answer.status == ResumeStatus::gone) return;  // nobody asks for what will not come
    Errands& errands = client.need_errands();
    if (answer.status == ResumeStatus::too_old)
        errands.repairs.push_back({stream, answer.from, answer.head});
    else
        errands.catching_up.push_back({stream, answer.head});
    if (!client.live()) return;  // go_live() sets the rest going
    errands.catch_up_until = now + catch_up_patience;
    arm_action(client);
    ask_repair(client, now);
}

void Worker::Impl::go_live(VirtualClient& client, Time now) {
    client.state = ClientState::live;
    checker.went_live(device_of(client), now);
    ++counted.online;
    ++counted.connects;
    (client.was_live ? reconnect_latency : connect_latency).record(now - client.since);
    storms.back(device_of(client), client.since, client.attempts, now);
    if (client.was_live) ++counted.reconnects;
    client.was_live = true;
    client.attempts = 0;
    wheel.cancel(client.patience);
    if (client.errands) {
        client.errands->asked = {};
        if (!client.errands->catching_up.empty()) {
            client.errands->catch_up_until = now + catch_up_patience;
            arm_action(client);
        }
    }
    send_all(client, now);
    ask_repair(client, now);
    audits.wake(index_of(client));
    ask_audits(now);
    look_whether_caught_up(client, now);
    client.drop_errands_if_done();
    habits.tell([&](Habit& habit) { habit.went_live(device_of(client), now); });
}

void Worker::Impl::look_whether_caught_up(VirtualClient& client, Time now) {
    if (client.errands && (!client.errands->catching_up.empty() || !client.errands->repairs.empty())) return;
    storms.caught_up(device_of(client), now);
}

void Worker::Impl::lose(VirtualClient& client, const std::string& why, bool come_back, Time now) {
    if (!finished) errors.count(why);
    if (client.live()) {
        --counted.online;
        client.since = now;
        storms.lost(device_of(client), now);
    } else {
        ++counted.connect_errors;
    }
    if (client.linked()) {
        checker.disconnected(device_of(client));
        if (!abilities.resend) sends.forget_sent(client.sends);
        sends.disconnected(client.sends);
        if (client.errands)
            for (const Errands::Audit& audit : client.errands->audits) audits.park(audit.job);
    }
    client.errands.reset();
    wheel.cancel(client.action);
    wheel.cancel(client.patience);
    const bool was_live_now = client.live();
    client.state = ClientState::backing_off;
    if (was_live_now) habits.tell([&](Habit& habit) { habit.lost(device_of(client), now); });
    // Numbered entries that nobody will ever show again: the device's part cannot be judged any further.
    if (client.was_live && abilities.sequence && !abilities.resume) come_back = false;
    if (finished || !come_back) return give_up(client);
    const std::uint64_t who = std::uint64_t{device_of(client).value} << 32 | client.dials;
    Duration delay = plan.cohort.empty() ? backoff_delay(plan.seed, who, client.attempts,
                                                         options.backoff_base, options.backoff_max)
                                         : reconnect_delay(plan.reconnect(plan.user_of(device_of(client))),
                                                           plan.seed, who - client.attempts, client.attempts);
    delay = std::max<Duration>(delay, std::chrono::milliseconds(client.retry_after_ms));
    client.retry_after_ms = 0;
    if (client.attempts < UINT16_MAX) ++client.attempts;
    wheel.arm(client.action, now + delay);
}

void Worker::Impl::break_off(VirtualClient& client, const std::string& why, std::uint16_t close_code,
                             Time now) {
    const LinkId link = client.link;
    const bool linked = client.linked();
    lose(client, why, true, now);
    if (!linked) return;  // a dial that hangs: its late answer is turned away by its token
    if (close_code != 0)
        wire.close(link, close_code);
    else
        links.abort(link);
}

void Worker::Impl::give_up(VirtualClient& client) {
    client.state = ClientState::gone;
    if (finished) return;
    ++counted.gave_up;
    sends.abandon(client.sends);
    for (const ConversationIndex conversation : audits.fail(index_of(client)))
        checker.audit_failed(conversation);
    habits.tell([&](Habit& habit) { habit.gone(device_of(client)); });
}

void Worker::Impl::part(VirtualClient& client, Time now) {
    --counted.online;
    checker.disconnected(device_of(client));
    sends.disconnected(client.sends);
    wheel.cancel(client.action);
    wheel.cancel(client.patience);
    client.state = ClientState::parted;
    habits.tell([&](Habit& habit) { habit.lost(device_of(client), now); });
    wire.close(client.link, 1000);
}

}  // namespace hubbub
