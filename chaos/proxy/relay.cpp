#include "chaos/proxy/relay.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "protocol/limits.hpp"

namespace hubbub {
namespace {

constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT;

/// Below this a direction's window is meant to be felt; the kernel's buffers, which grow to megabytes, would
/// hide it.
constexpr std::size_t small_window = 16 * 1024;
constexpr int small_receive_buffer = 4'096;

bool would_block(int error) {
    return error == EAGAIN || error == EINTR;
}

}  // namespace

Relay::Relay(RelayContext& context, RelayStats& stats, Descriptor client, ConnectionFaults faults,
             std::uint64_t key)
    : context_(context), stats_(stats), faults_(std::move(faults)), key_(key) {
    end_of(Side::client).fd = std::move(client);
    timer_.relay = this;
    stats_.accepted.add();
    stats_.open.add();
}

Relay::~Relay() {
    if (state_ != State::done) finish(false);
}

void Relay::start(Dialer& upstream, Time now) {
    upstream_ = &upstream;
    if (faults_.opening().refused) return finish(true);
    if (faults_.opening().at <= now) return dial(now);
    give_up_ = faults_.opening().at;
    arm_timer();
}

void Relay::dial(Time now) {
    auto fd = upstream_->start(0);
    if (!fd) {
        stats_.upstream_failed.add();
        return finish(false);
    }
    End& server = end_of(Side::server);
    server.fd = std::move(*fd);
    server.armed = EPOLLOUT;
    server.registered = true;
    context_.poller.add(server.fd.get(), EPOLLOUT, key_ | 1);
    state_ = State::dialing;
    give_up_ = now + limits::handshake_max;
    arm_timer();
}

void Relay::opened(Time now) {
    if (Dialer::finish(end_of(Side::server).fd.get()) != 0) {
        stats_.upstream_failed.add();
        return finish(false);
    }
    state_ = State::open;
    give_up_ = never;
    limit_receive_buffers();
    settle(now);
}

void Relay::handle(Side side, std::uint32_t events, Time now) {
    if (state_ == State::dialing) return opened(now);
    if (state_ == State::closing) return drop_input(side);
    if (state_ != State::open) return;
    if ((events & EPOLLOUT) != 0) end_of(side).blocked = false;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(side, now);
    settle(now);
}

void Relay::expire(Time now) {
    if (state_ == State::opening && now >= give_up_) return dial(now);
    if (state_ == State::dialing && now >= give_up_) {
        stats_.upstream_failed.add();
        return finish(false);
    }
    if (state_ == State::closing) return finish(false);
    settle(now);
}

void Relay::faults_changed(Time now) {
    if (state_ == State::open) limit_receive_buffers();
    settle(now);
}

/// After anything that happened: what is due goes out, and then what to wait for is clear.
void Relay::settle(Time now) {
    for (const FaultStream stream : fault_streams)
        if (state_ == State::open) write_out(stream, now);
    if (state_ == State::open) {
        const bool nobody_talks = !end_of(Side::client).reading && !end_of(Side::server).reading;
        const bool both_over =
            faults_.chain(FaultStream::upstream).over() && faults_.chain(FaultStream::downstream).over();
        if (nobody_talks && (both_over || faults_.silent(now))) return finish(false);
        if (both_over) return close_slowly(now);
        listen_to(Side::client);
        listen_to(Side::server);
    }
    if (state_ != State::done) arm_timer();
}

// ---- reading

void Relay::read(Side side, Time now) {
    End& end = end_of(side);
    const std::size_t room =
        std::min(faults_.chain(from(side)).room(context_.window), context_.buffer.size());
    if (!end.reading || room == 0) return read_nothing(side, now);
    const auto got = ::recv(end.fd.get(), context_.buffer.data(), room, MSG_DONTWAIT);
    if (got > 0) return carry(side, context_.buffer.first(static_cast<std::size_t>(got)), now);
    if (got == 0) return source_ended(side, end.broken ? Ending::reset : Ending::finish, now);
    if (!would_block(errno)) source_ended(side, Ending::reset, now);
}

/// A hang-up was reported, which cannot be masked, of a socket that is not read now.
void Relay::read_nothing(Side side, Time now) {
    End& end = end_of(side);
    if (end.reading && Dialer::finish(end.fd.get()) != 0) return source_ended(side, Ending::reset, now);
    if (end.registered) context_.poller.remove(end.fd.get());
    end.registered = false;
}

void Relay::carry(Side side, std::span<char> bytes, Time now) {
    const FaultStream stream = from(side);
    stats_.bytes[static_cast<std::size_t>(stream)].add(bytes.size());
    const bool straight = faults_.chain(stream).transparent() && !faults_.silent(now);
    const std::size_t sent = straight ? write(other(side), bytes) : 0;
    faults_.write(stream, {bytes.data() + sent, bytes.size() - sent}, now);
}

void Relay::source_ended(Side side, Ending how, Time now) {
    End& end = end_of(side);
    end.reading = false;
    if (how == Ending::reset) {
        end.writing = false;
        end.fd.reset();
        end.registered = false;
    }
    faults_.end(from(side), how, now);
}

// ---- writing

/// How many bytes are done with. What is written to an end that is gone is lost, as it would be there.
std::size_t Relay::write(Side to, std::span<const char> bytes) {
    End& end = end_of(to);
    if (!end.writing) return bytes.size();
    if (end.blocked) return 0;
    const auto sent = ::send(end.fd.get(), bytes.data(), bytes.size(), send_flags);
    if (sent < 0 && !would_block(errno)) {
        end.writing = false;
        end.broken = true;  // its last words may still wait to be read
        return bytes.size();
    }
    const auto done = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    end.blocked = done < bytes.size();
    return done;
}

void Relay::write_out(FaultStream stream, Time now) {
    FaultChain& chain = faults_.chain(stream);
    while (state_ == State::open) {
        const FaultChain::Out out = chain.front(now);
        if (out.nothing()) return;
        if (out.ending != Ending::none) {
            chain.consume(0);
            stream_ended(stream, out.ending, now);
            continue;
        }
        const std::size_t done = write(target(stream), out.bytes);
        const bool all = done == out.bytes.size();
        chain.consume(done);
        if (!all) return;
    }
}

void Relay::stream_ended(FaultStream stream, Ending how, Time now) {
    if (how == Ending::reset) return finish(true);
    if (how == Ending::close) return close_slowly(now);
    End& end = end_of(target(stream));
    if (end.writing) ::shutdown(end.fd.get(), SHUT_WR);
    end.writing = false;
}

// ---- ends

/// Closing with unread input would turn into a reset, which destroys what is still on its way.
void Relay::close_slowly(Time now) {
    state_ = State::closing;
    give_up_ = now + limits::close_grace;
    arm_timer();
    for (const Side side : {Side::client, Side::server}) {
        End& end = end_of(side);
        if (end.writing) ::shutdown(end.fd.get(), SHUT_WR);
        end.writing = end.blocked = false;
        if (state_ == State::closing) drop_input(side);
    }
}

void Relay::drop_input(Side side) {
    End& end = end_of(side);
    if (end.reading) {
        const auto got = ::recv(end.fd.get(), context_.buffer.data(), context_.buffer.size(), MSG_DONTWAIT);
        end.reading = got > 0 || (got < 0 && would_block(errno));
    }
    if (!end.reading && end.registered) {
        context_.poller.remove(end.fd.get());
        end.registered = false;
    }
    if (!end_of(Side::client).reading && !end_of(Side::server).reading) return finish(false);
    listen_to(side);
}

void Relay::finish(bool with_reset) {
    state_ = State::done;
    context_.ended.push_back(key_);  // not sooner: its caller may be inside of it
    context_.timers.cancel(timer_);
    stats_.open.subtract();
    if (with_reset) stats_.resets.add();
    for (End& end : ends_) {
        const linger hard{1, 0};
        if (end.fd && with_reset) ::setsockopt(end.fd.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        end.fd.reset();
        end.registered = false;
    }
}

// ---- what to wait for

void Relay::listen_to(Side side) {
    End& end = end_of(side);
    if (!end.fd) return;
    std::uint32_t events = end.blocked ? EPOLLOUT : 0U;
    if (end.reading) {
        const bool room = state_ == State::closing || faults_.chain(from(side)).room(context_.window) > 0;
        if (room) events |= EPOLLIN;
        if (!room && (end.armed & EPOLLIN) != 0) stats_.paused[static_cast<std::size_t>(from(side))].add();
    }
    if (!end.registered && events == 0) return;
    if (!end.registered)
        context_.poller.add(end.fd.get(), events, key_ | static_cast<std::uint64_t>(side));
    else if (events != end.armed)
        context_.poller.modify(end.fd.get(), events, key_ | static_cast<std::uint64_t>(side));
    end.registered = true;
    end.armed = events;
}

void Relay::limit_receive_buffers() {
    for (const Side side : {Side::client, Side::server}) {
        if (!end_of(side).fd || faults_.chain(from(side)).window(context_.window) >= small_window) continue;
        ::setsockopt(end_of(side).fd.get(), SOL_SOCKET, SO_RCVBUF, &small_receive_buffer,
                     sizeof(small_receive_buffer));
    }
}

void Relay::arm_timer() {
    const Time next = state_ == State::open ? faults_.next_deadline() : give_up_;
    if (next == never) return context_.timers.cancel(timer_);
    context_.timers.arm(timer_, next);
}

}  // namespace hubbub
