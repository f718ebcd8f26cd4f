#include "loadgen/client/setup.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "loadgen/client/backoff.hpp"
#include "loadgen/client/setup_impl.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using State = SetupSession::State;
using websocket::Event;

/// Failures of one session in a row before the setup gives up: about ten seconds with the pauses between.
constexpr std::uint32_t failures_max = 10;
constexpr Duration pause_first = std::chrono::milliseconds{100};
constexpr Duration pause_longest = std::chrono::seconds{2};

}  // namespace

Setup::Impl::Impl(const Plan& the_plan, std::uint32_t the_run, Links& the_links,
                  std::unique_ptr<Adapter> the_adapter, double rate, std::uint32_t links_wanted)
    : plan(the_plan),
      run(the_run),
      links(the_links),
      adapter(std::move(the_adapter)),
      wire(the_links, *adapter, Random(the_plan.seed).child("setup masks")),
      interval(static_cast<Duration::rep>(1e9 / std::max(rate, 1e-3))),
      sessions(std::clamp<std::size_t>(the_plan.conversations.size(), 1, std::max(links_wanted, 1U))),
      conversations(the_plan.conversations.size()),
      members_in(the_plan.conversations.size()) {
    pace.what = static_cast<std::uint32_t>(SetupAlarm::pace);
    for (std::uint32_t i = 0; i < sessions.size(); ++i) {
        sessions[i].name = "setup-" + std::to_string(i);
        sessions[i].action.what = static_cast<std::uint32_t>(SetupAlarm::action);
        sessions[i].patience.what = static_cast<std::uint32_t>(SetupAlarm::patience);
        sessions[i].action.index = sessions[i].patience.index = i;
    }
    if (reuses()) {
        listed_all.resize(conversations.size());
        listed_up_to.resize(conversations.size());
        find_readers();
        return;
    }
    // A conversation stays with one session: only its creator may add members.
    for (std::uint32_t c = 0; c < conversations.size(); ++c)
        sessions[c % sessions.size()].to_do.push_back(ConversationIndex{c});
}

void Setup::Impl::start(Time now) {
    wheel.emplace(now);
    next_request_at = now;
    for (SetupSession& session : sessions)
        if (!session.to_do.empty()) dial(session, now);
}

void Setup::Impl::fire(Alarm& alarm, Time now) {
    if (alarm.what == static_cast<std::uint32_t>(SetupAlarm::pace)) return pump(now);
    SetupSession& session = sessions[alarm.index];
    if (alarm.what == static_cast<std::uint32_t>(SetupAlarm::patience)) {
        const Time due = session.last_heard + setup_answer_timeout;
        if (session.state == State::ready && due > now) return wheel->arm(session.patience, due);
        const bool linked = session.linked();
        const LinkId link = session.link;
        lose(session, "no answer", true, now);
        if (linked) links.abort(link);
        return;
    }
    if (session.state == State::down) return dial(session, now);
    if (session.state != State::ready) return;
    if (session.last_said + session.beat <= now) {
        session.last_said = now;  // a backend without beats has no word for it
        say(session, Beat{}, now);
    }
    pump(now);
    arm_action(session);
}

void Setup::Impl::dial(SetupSession& session, Time now) {
    session.state = State::dialing;
    ++session.dials;
    ++links_open;
    wheel->arm(session.patience, now + setup_answer_timeout);
    const auto index = static_cast<std::uint32_t>(&session - sessions.data());
    links.dial(std::uint64_t{session.dials} << 32 | index, 0);
}

SetupSession* Setup::Impl::session_of(LinkId link) {
    for (SetupSession& session : sessions)
        if (session.linked() && session.link == link) return &session;
    return nullptr;
}

void Setup::Impl::read(SetupSession& session, std::span<char> bytes, Time now) {
    websocket::Reader reader(websocket::Role::client, limits::server_message_bytes_max);
    if (session.reader) reader = std::move(*session.reader);
    session.reader.reset();
    session.last_heard = now;
    const LinkId link = session.link;
    reader.set_input(bytes);
    while (session_of(link) == &session) {
        const auto event = reader.next();
        if (!event) {
            lose(session, std::string("websocket: ") + event.error().why, true, now);
            return wire.close(link, event.error().close_code);
        }
        if (event->kind == Event::Kind::need_more) {
            if (reader.partial()) session.reader.emplace(std::move(reader));
            return;
        }
        if (event->kind == Event::Kind::message) take_message(session, event->payload, now);
        if (event->kind == Event::Kind::ping) wire.pong(link, event->payload);
        if (event->kind == Event::Kind::close) {
            lose(session, "close " + std::to_string(event->close_code),
                 may_reconnect_after(event->close_code), now);
            wire.close(link, 1000);
        }
    }
}

void Setup::Impl::welcomed(SetupSession& session, const Welcome& welcome, Time now) {
    if (session.state != State::greeting) return;
    session.state = State::ready;
    session.beat = welcome.beat_ms == 0 ? limits::beat_interval
                                        : Duration(std::chrono::milliseconds(welcome.beat_ms)) * 7 / 8;
    arm_action(session);
    pump(now);
}

void Setup::Impl::lose(SetupSession& session, const std::string& why, bool come_back, Time now) {
    if (session.state == State::closing) return;
    session.state = State::down;
    session.reader.reset();
    session.take_back();
    wheel->cancel(session.patience);
    if (!come_back) return give_up("the target ended the setup's session: " + why);
    pause(session, why, now);
    if (error.empty()) wheel->arm(session.action, session.paused_until);
}

void Setup::Impl::pause(SetupSession& session, const std::string& why, Time now) {
    if (++session.failures >= failures_max)
        return give_up("setup failed " + std::to_string(failures_max) + " times in a row, last: " + why);
    const std::uint64_t who = mix64(0x7365747570ULL, session.action.index, session.dials);
    session.paused_until = now + backoff_delay(plan.seed, who, session.failures, pause_first, pause_longest);
}

void Setup::Impl::give_up(std::string why) {
    if (!error.empty()) return;
    error = std::move(why);
    for (SetupSession& session : sessions) {
        if (session.linked()) links.abort(session.link);
        session.state = State::closing;
        wheel->cancel(session.action);
        wheel->cancel(session.patience);
    }
    wheel->cancel(pace);
}

Spoken Setup::Impl::say(SetupSession& session, const ClientMessage& message, Time now) {
    const Speaker speaker{plan, run, DeviceIndex{}, session.name, session.memory};
    const Spoken spoken = wire.say(session.link, message, speaker);
    if (spoken == Spoken::said) session.last_said = now;
    return spoken;
}

void Setup::Impl::arm_action(SetupSession& session) {
    const Time beat_due = session.last_said + session.beat;
    const bool paused = session.paused_until > session.last_heard;
    wheel->arm(session.action, paused ? std::min(beat_due, session.paused_until) : beat_due);
}

Setup::Setup(const Plan& plan, std::uint32_t run, Links& links, std::unique_ptr<Adapter> adapter, double rate,
             std::uint32_t links_wanted, std::shared_ptr<const TokenMint> tokens)
    : impl_(std::make_unique<Impl>(plan, run, links, std::move(adapter), rate, links_wanted)) {
    impl_->tokens = std::move(tokens);
}
Setup::~Setup() = default;

void Setup::opened(LinkId link, std::uint64_t token, Time now) {
    SetupSession& session = impl_->sessions[static_cast<std::uint32_t>(token)];
    if (session.state != State::dialing || token >> 32 != session.dials) return impl_->links.abort(link);
    session.link = link;
    session.state = State::greeting;
    session.last_heard = now;
    const std::string proof = token_of(impl_->tokens.get(), session.name, now);
    session.memory = 0;
    // A device of its own, beside those that the run will have.
    const char* const device = impl_->reuses() ? "hubbub-setup" : "d0";
    if (impl_->say(session, Hello{session.name, device, proof}, now) == Spoken::granted)
        impl_->welcomed(session, impl_->adapter->welcome(), now);
}

void Setup::dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) {
    --impl_->links_open;
    SetupSession& session = impl_->sessions[static_cast<std::uint32_t>(token)];
    if (session.state != State::dialing || token >> 32 != session.dials) return;
    std::string text(name(why));
    if (why == LinkEnd::http_status) text += " " + std::to_string(detail);
    impl_->lose(session, text, true, now);
}

void Setup::received(LinkId link, std::span<char> bytes, Time now) {
    if (SetupSession* session = impl_->session_of(link)) impl_->read(*session, bytes, now);
}

void Setup::closed(LinkId link, LinkEnd why, Time now) {
    --impl_->links_open;
    if (SetupSession* session = impl_->session_of(link))
        impl_->lose(*session, "link: " + std::string(name(why)), true, now);
}

void Setup::turn(Time now) {
    if (!impl_->wheel) impl_->start(now);
    impl_->wheel->advance(now, [&](TimerNode& node) { impl_->fire(alarm_of(node), now); });
}

Time Setup::next_deadline() const {
    return impl_->wheel ? impl_->wheel->next_deadline() : Time::min();
}
bool Setup::done() const {
    return impl_->created == impl_->conversations.size() && impl_->error.empty() && impl_->links_open == 0;
}
const std::string& Setup::error() const {
    return impl_->error;
}
std::uint32_t Setup::created() const {
    return impl_->created;
}
const std::vector<ReadyConversation>& Setup::conversations() const {
    return impl_->conversations;
}

}  // namespace hubbub
