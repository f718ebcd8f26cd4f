#include "transport/listener.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "transport/address.hpp"

namespace hubbub {

namespace {

/// Long enough for some connections to end, short enough that a peer does not give up.
constexpr Duration accept_pause = std::chrono::milliseconds{100};
/// The kernel cuts it to net.core.somaxconn (4,096): a reconnect storm fits.
constexpr int backlog = 65'535;

Error system_error(const std::string& what, int error) {
    return fail(what + ": " + std::strerror(error));
}

bool set_option(int fd, int level, int name, int value) {
    return ::setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

Descriptor open_emergency() {
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

Result<Descriptor> bound_socket(const Address& address, bool share_port) {
    Descriptor fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return system_error("socket", errno);
    // A server that restarts must not wait for the TIME_WAIT of its earlier connections.
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (share_port && !set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1)) {
        return system_error("SO_REUSEPORT", errno);
    }
    if (::bind(fd.get(), address.get(), address.size()) != 0) {
        return system_error("cannot listen on " + address.text(), errno);
    }
    return fd;
}

}  // namespace

Status check_port_free(const std::string& address, std::uint16_t port) {
    const auto parsed = parse_address(address, port);
    if (!parsed) return parsed.error();
    const auto probe = bound_socket(*parsed, false);
    if (!probe) return probe.error();
    return {};
}

Result<std::uint16_t> Listener::listen(const std::string& address, std::uint16_t port,
                                       int send_buffer_bytes) {
    const auto parsed = parse_address(address, port);
    if (!parsed) return parsed.error();
    auto fd = bound_socket(*parsed, true);
    if (!fd) return fd.error();
    // Accepted sockets inherit both: two system calls fewer a connection.
    set_option(fd->get(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (send_buffer_bytes > 0) set_option(fd->get(), SOL_SOCKET, SO_SNDBUF, send_buffer_bytes);
    if (::listen(fd->get(), backlog) != 0) return system_error("listen on " + parsed->text(), errno);
    const auto bound = local_address(fd->get());
    if (!bound) return bound.error();
    if (!emergency_) emergency_ = open_emergency();
    poller_.add(fd->get(), EPOLLIN, first_key_ + sockets_.size());
    sockets_.push_back(std::move(*fd));
    return bound->port();
}

void Listener::stop() {
    sockets_.clear();
    paused_until_ = never;
}

void Listener::accept(std::uint64_t key, std::size_t most, Time now, std::vector<Descriptor>& out) {
    const std::uint64_t index = key - first_key_;
    if (index >= sockets_.size() || paused_until_ != never) return;
    const int listening = sockets_[index].get();
    for (std::size_t i = 0; i < most; ++i) {
        Descriptor fd(::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        const int error = fd ? 0 : errno;
        stats_.accepts.add();
        if (fd) {
            out.push_back(std::move(fd));
        } else if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
            return pause(now, listening);
        } else if (error == EAGAIN) {
            return;
        }
        // Anything else (ECONNABORTED, network errors of that one peer, see accept(2)): go on with the next.
    }
}

void Listener::pause(Time now, int listening_fd) {
    stats_.descriptors_exhausted.add();
    // Without this the peer at the head would hang until its own timeout.
    emergency_.reset();
    Descriptor(::accept4(listening_fd, nullptr, nullptr, SOCK_CLOEXEC)).reset();
    emergency_ = open_emergency();
    paused_until_ = now + accept_pause;
    arm(0);  // level-triggered: it would spin otherwise
}

void Listener::resume(Time now) {
    if (now < paused_until_) return;
    paused_until_ = never;
    arm(EPOLLIN);
}

void Listener::arm(std::uint32_t events) {
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        poller_.modify(sockets_[i].get(), events, first_key_ + i);
    }
}

}  // namespace hubbub
