// What the worker lends to its users' habits.
#include "loadgen/client/worker_impl.hpp"

namespace hubbub {

bool Worker::Impl::Host::live(DeviceIndex device) const {
    return client_of(device).live();
}

const ReadyConversation& Worker::Impl::Host::ready(ConversationIndex conversation) const {
    return (*worker_.ready)[conversation.index()];
}

std::optional<ConversationIndex> Worker::Impl::Host::conversation_of(const ConversationId& id) const {
    return worker_.conversations.find(id);
}

std::optional<StreamIndex> Worker::Impl::Host::stream_of(DeviceIndex device, const ConversationId& id) const {
    return worker_.stream_of(client_of(device), id);
}

bool Worker::Impl::Host::say(DeviceIndex device, const ClientMessage& message, Time now) {
    VirtualClient& client = client_of(device);
    return client.live() && worker_.say(client, message, now) == Spoken::said;
}

bool Worker::Impl::Host::part(DeviceIndex device, Time now) {
    VirtualClient& client = client_of(device);
    const bool idle = client.sends.waiting == 0 && worker_.sends.oldest_attempt(client.sends) == never;
    if (!client.live() || client.errands || !idle) return false;
    worker_.part(client, now);
    return true;
}

bool Worker::Impl::Host::parted(DeviceIndex device) const {
    return client_of(device).state == ClientState::parted;
}

void Worker::Impl::Host::open(DeviceIndex device, Time now) {
    VirtualClient& client = client_of(device);
    if (client.state != ClientState::parted) return;
    client.since = now;
    client.was_live = false;  // not a return from a loss: an opening of its own
    client.attempts = 0;
    client.state = ClientState::idle;
    worker_.wheel.arm(client.action, now);
}

void Worker::Impl::Host::send(StreamIndex stream, const SendAbout& about, std::uint32_t body_bytes,
                              Time intended, Time now) {
    worker_.queue(stream, worker_.checker.induced(stream, about, intended), body_bytes, intended, now);
}

void Worker::Impl::Host::ping(DeviceIndex device, std::uint64_t word, Time now) {
    VirtualClient& client = client_of(device);
    if (!client.live()) return;
    worker_.wire.ping(client.link, word);
    client.last_said = now;
}

Time Worker::Impl::Host::last_said(DeviceIndex device) const {
    return client_of(device).last_said;
}

Duration Worker::Impl::Host::beat(DeviceIndex device) const {
    return client_of(device).beat();
}

RequestId Worker::Impl::Host::request_id(const Habit& habit) {
    return worker_.habits.request_id(habit);
}

bool Worker::Impl::Host::plan_deed(Habit& habit, const Deed& deed) {
    if (!worker_.habits.plan(habit, deed)) {
        worker_.errors.count("generator: too many deeds wait, one was left out");
        return false;
    }
    if (!worker_.deed_alarm.armed() || worker_.habits.next_deed() == deed.at)
        worker_.wheel.arm(worker_.deed_alarm, worker_.habits.next_deed());
    return true;
}

void Worker::Impl::Host::count_error(std::string_view what) {
    worker_.errors.count(std::string(what));
}

}  // namespace hubbub
