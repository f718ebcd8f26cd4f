// What a client does when its time has come: open, come back, go on after a refusal, show that it lives; and
// when an answer has not come in time.
#include <algorithm>

#include "loadgen/client/worker_impl.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

void Worker::Impl::act(VirtualClient& client, Time now) {
    if (client.state == ClientState::idle || client.state == ClientState::backing_off) {
        if (dials_left == 0) return wheel.arm(client.action, now);  // in the next turn
        --dials_left;
        return dial(client, now);
    }
    if (!client.linked()) return;
    if (client.errands && std::min(client.errands->retry_at, client.errands->catch_up_until) <= now)
        go_on(client, now);
    if (client.errands && client.errands->granted_at <= now) grant(client, now);
    if (client.pace && client.pace->wake_at <= now) {
        client.pace->wake_at = never;
        send_paced(client, now);
    }
    if (client.linked() && renewal_of(client) <= now) renew_token(client, now);
    if (client.linked() && beat_due(client) <= now) {
        client.last_said = now;  // a backend without beats has no word for it
        say(client, Beat{}, now);
    }
    arm_action(client);
}

void Worker::Impl::arm_action(VirtualClient& client) {
    Time next = std::min(beat_due(client), renewal_of(client));
    if (client.errands)
        next = std::min(
            {next, client.errands->retry_at, client.errands->catch_up_until, client.errands->granted_at});
    if (client.pace) next = std::min(next, client.pace->wake_at);
    if (next != never) wheel.arm(client.action, next);
}

Time Worker::Impl::beat_due(const VirtualClient& client) {
    return client.beat() > Duration{} ? client.last_said + client.beat() : never;
}

Time Worker::Impl::renewal_of(const VirtualClient& client) const {
    return expiry.renewal(device_of(client), client.token_at);
}

void Worker::Impl::look_at_renewals() {
    if (!expiry.wanted()) return;
    for (VirtualClient& client : clients)
        if (client.linked()) arm_action(client);
}

void Worker::Impl::renew_token(VirtualClient& client, Time now) {
    const std::string token = expiry.token(device_of(client), now);
    client.token_at = now;
    say(client, RefreshToken{++last_request, token}, now);
}

void Worker::Impl::watch(VirtualClient& client, Time now) {
    if (!client.patience.armed()) wheel.arm(client.patience, now + options.ack_timeout);
}

void Worker::Impl::run_out_of_patience(VirtualClient& client, Time now) {
    if (client.state == ClientState::dialing) return break_off(client, "connect: timeout", 0, now);
    if (client.state == ClientState::greeting) return break_off(client, "welcome: timeout", 0, now);
    if (client.state == ClientState::resuming) {
        // A long catch-up is slow, not silent.
        const Time until = client.last_heard + options.connect_timeout;
        if (until > now) return wheel.arm(client.patience, until);
        return break_off(client, "resume: timeout", 0, now);
    }
    if (client.state != ClientState::live) return;
    const Time oldest_send = sends.oldest_attempt(client.sends);
    const Time oldest_request = client.errands ? client.errands->oldest_request() : never;
    const Time oldest = std::min(oldest_send, oldest_request);
    if (oldest == never) return;
    const Duration silence =
        client.ttl_ms == 0 ? 2 * limits::silence_max : Duration(std::chrono::milliseconds(2 * client.ttl_ms));
    const Time answer_due = oldest + options.ack_timeout;
    const Time sign_due = std::max(oldest, client.last_heard) + silence;
    if (answer_due <= now)
        return break_off(client, oldest_send <= oldest_request ? "ack: timeout" : "history: timeout", 0, now);
    if (sign_due <= now) return break_off(client, "server: silent", 0, now);
    wheel.arm(client.patience, std::min(answer_due, sign_due));
}

}  // namespace hubbub
