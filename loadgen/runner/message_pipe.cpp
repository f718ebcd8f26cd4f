#include "loadgen/runner/message_pipe.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hubbub {
namespace {

/// More than any evidence: a length above it is no length.
constexpr std::uint64_t message_bytes_max = std::uint64_t{1} << 38;

}  // namespace

Result<std::pair<MessagePipe, MessagePipe>> MessagePipe::make() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(std::string("cannot make a pair of sockets: ") + std::strerror(errno));
    return std::pair{MessagePipe(Descriptor(ends[0])), MessagePipe(Descriptor(ends[1]))};
}

bool MessagePipe::send(std::string_view message) {
    const std::uint64_t size = message.size();
    return send_all(reinterpret_cast<const char*>(&size), sizeof size) && send_all(message.data(), size);
}

std::optional<std::string> MessagePipe::receive() {
    std::uint64_t size = 0;
    if (!receive_all(reinterpret_cast<char*>(&size), sizeof size) || size > message_bytes_max)
        return std::nullopt;
    std::string message(size, '\0');
    if (!receive_all(message.data(), message.size())) return std::nullopt;
    return message;
}

bool MessagePipe::ready(short events) const {
    pollfd waiting{fd_.get(), events, 0};
    const int limit =
        patience == Duration::max() ? -1 : static_cast<int>(patience / std::chrono::milliseconds{1});
    int found = 0;
    do found = poll(&waiting, 1, limit);
    while (found < 0 && errno == EINTR);
    return found > 0;
}

bool MessagePipe::send_all(const char* from, std::size_t size) {
    while (size > 0) {
        if (!ready(POLLOUT)) return false;
        const ssize_t sent = ::send(fd_.get(), from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (sent <= 0) return false;
        from += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool MessagePipe::receive_all(char* to, std::size_t size) {
    while (size > 0) {
        if (!ready(POLLIN)) return false;
        const ssize_t got = ::recv(fd_.get(), to, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

}  // namespace hubbub
