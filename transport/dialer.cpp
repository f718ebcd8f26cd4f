#include "transport/dialer.hpp"

#include <netinet/tcp.h>

#include <cerrno>

#include "base/assert.hpp"

namespace hubbub {

namespace {
void set_option(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof(value));
}
}  // namespace

DialFailure dial_failure_from(int error) {
    switch (error) {
        case ECONNREFUSED:
            return {LinkEnd::connect_refused, error};
        case ETIMEDOUT:
            return {LinkEnd::connect_timeout, error};
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
        case EADDRNOTAVAIL:  // every port of this source is in use
        case EADDRINUSE:
        case EAGAIN:
            return {LinkEnd::no_descriptors, error};
        default:
            return {LinkEnd::connect_failed, error};
    }
}

Dialer::Dialer(std::vector<Endpoint> endpoints, std::vector<Address> sources, int send_buffer_bytes)
    : endpoints_(std::move(endpoints)), sources_(std::move(sources)), send_buffer_bytes_(send_buffer_bytes) {}

const Endpoint& Dialer::endpoint(std::uint32_t index) const {
    HUBBUB_ASSERT(index < endpoints_.size(), "dial: no such endpoint");
    return endpoints_[index];
}

Result<Descriptor, DialFailure> Dialer::start(std::uint32_t index) {
    const Address& to = endpoint(index).address;
    Descriptor fd(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return dial_failure_from(errno);
    set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (send_buffer_bytes_ > 0) set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, send_buffer_bytes_);
    if (!sources_.empty()) {
        const Address& from = sources_[next_source_++ % sources_.size()];
        // The port is chosen at connect, by the whole four-tuple: 64,512 connections a source and target, not
        // in all.
        set_option(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        if (::bind(fd.get(), from.get(), from.size()) != 0) return dial_failure_from(errno);
    }
    if (::connect(fd.get(), to.get(), to.size()) != 0 && errno != EINPROGRESS) {
        return dial_failure_from(errno);
    }
    return fd;
}

int Dialer::finish(int fd) {
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

}  // namespace hubbub
