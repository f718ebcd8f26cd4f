// What the worker lends to its users' habits.
#include "loadgen/client/worker_impl.hpp"

namespace hubbub {

bool Worker::Impl::Host::live(DeviceIndex device) const {
    return worker_.clients[device.value - worker_.slice.first_device].live();
}

const ReadyConversation& Worker::Impl::Host::ready(ConversationIndex conversation) const {
    return (*worker_.ready)[conversation.index()];
}

std::optional<StreamIndex> Worker::Impl::Host::stream_of(DeviceIndex device, const ConversationId& id) const {
    return worker_.stream_of(worker_.clients[device.value - worker_.slice.first_device], id);
}

bool Worker::Impl::Host::say(DeviceIndex device, const ClientMessage& message, Time now) {
    VirtualClient& client = worker_.clients[device.value - worker_.slice.first_device];
    return client.live() && worker_.say(client, message, now) == Spoken::said;
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
