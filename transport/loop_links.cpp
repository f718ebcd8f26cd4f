// Links that carry bytes: reading, queueing, the one sendmsg a turn, and how a link ends.
#include <sys/socket.h>

#include <cerrno>

#include "transport/loop.hpp"

namespace hubbub {

namespace {
bool sends(const LinkSlot& slot) {
    return slot.state == LinkState::upgrading || slot.state == LinkState::open ||
           slot.state == LinkState::closing;
}

ssize_t send_buffers(int fd, std::span<iovec> buffers) {
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    // One buffer, as in a fan-out of one message at a time: spares the kernel the copy of two headers.
    if (buffers.size() == 1) return ::send(fd, buffers[0].iov_base, buffers[0].iov_len, flags);
    msghdr message{};
    message.msg_iov = buffers.data();
    message.msg_iovlen = buffers.size();
    return ::sendmsg(fd, &message, flags);
}
}  // namespace

void Loop::send(LinkId link, const SharedBytes& frame) {
    LinkSlot* slot = links_.find(link);
    if (slot == nullptr || slot->state != LinkState::open || slot->broken) return;
    slot->outbox.push(frame);
    if (!slot->flush_due && !slot->write_armed) schedule_flush(link, *slot);
}

std::size_t Loop::queued_bytes(LinkId link) const {
    const LinkSlot* slot = links_.find(link);
    if (slot == nullptr) return 0;
    return slot->outbox.bytes() + (slot->tls ? tls_.at(link.value)->output().size() : 0);
}

void Loop::close(LinkId link) {
    LinkSlot* slot = links_.find(link);
    if (slot != nullptr && slot->state == LinkState::open) start_closing(link, *slot);
}

void Loop::abort(LinkId link) {
    LinkSlot* slot = links_.find(link);
    if (slot == nullptr || !slot->owned || slot->state == LinkState::ended) return;
    reset_on_close(*slot);
    end_link(link, *slot, LinkEnd::closed_by_us);
}

void Loop::set_reading(LinkId link, bool reading) {
    LinkSlot* slot = links_.find(link);
    if (slot == nullptr || slot->state != LinkState::open || slot->read_held == !reading) return;
    slot->read_held = !reading;
    if (!reading) {
        // Else the kernel would take megabytes in the name of a reader that takes nothing.
        constexpr int held_receive_bytes = 16 * 1024;
        ::setsockopt(slot->fd.get(), SOL_SOCKET, SO_RCVBUF, &held_receive_bytes, sizeof held_receive_bytes);
    }
    arm(link, *slot);
}

// ---- reading

void Loop::read(LinkId link, LinkSlot& slot) {
    const auto got = ::recv(slot.fd.get(), read_buffer_.data(), read_buffer_.size(), 0);
    const int error = got < 0 ? errno : 0;
    stats_.receives.add();
    if (got == 0) return peer_ended(link, slot);
    if (got < 0) {
        if (error == EAGAIN || error == EINTR) return;
        return end_link(link, slot, slot.state == LinkState::closing ? LinkEnd::closed_by_us : LinkEnd::reset,
                        error);
    }
    const auto size = static_cast<std::size_t>(got);
    stats_.bytes_in.add(size);
    if (slot.tls) return read_tls(link, slot, std::string_view(read_buffer_.data(), size));
    take(link, slot, std::span(read_buffer_.data(), size));
}

/// Plain bytes from the peer.
void Loop::take(LinkId link, LinkSlot& slot, std::span<char> bytes) {
    if (slot.state == LinkState::open) {
        owner_->received(link, bytes, now_);
    } else if (slot.state == LinkState::upgrading) {
        upgrade(link, slot, std::string_view(bytes.data(), bytes.size()));
    }
    // closing: read and thrown away, so that the peer gets our last bytes and not a reset.
}

void Loop::peer_ended(LinkId link, LinkSlot& slot) {
    if (slot.state != LinkState::closing) {
        return end_link(link, slot, slot.broken ? LinkEnd::reset : LinkEnd::closed_by_peer);
    }
    // A peer that only ended its own side still reads: what is queued goes out first. The second end of
    // stream is a hang-up.
    if (slot.outbox.empty() || slot.read_shut) return end_link(link, slot, LinkEnd::closed_by_us);
    slot.read_shut = true;
    set_write_armed(link, slot, true);
}

// ---- sending

void Loop::schedule_flush(LinkId link, LinkSlot& slot) {
    if (slot.flush_due) return;
    slot.flush_due = true;
    flush_due_.push_back(link);
}

void Loop::flush_all() {
    flushing_.swap(flush_due_);  // what stays over is due in the next turn
    for (const LinkId link : flushing_) {
        LinkSlot* slot = links_.find(link);
        if (slot == nullptr) continue;
        slot->flush_due = false;
        if (sends(*slot)) flush(link, *slot);
    }
    flushing_.clear();
}

void Loop::flush(LinkId link, LinkSlot& slot) {
    if (slot.tls) return flush_tls(link, slot);
    if (slot.outbox.empty()) return flushed(link, slot);
    const auto gathered = slot.outbox.gather(buffers_, limits::send_bytes_max);
    const auto sent = send_buffers(slot.fd.get(), std::span(buffers_.data(), gathered.buffers));
    const int error = sent < 0 ? errno : 0;
    stats_.sends.add();
    if (error != 0 && error != EAGAIN && error != EINTR) return broke(link, slot);

    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    stats_.bytes_out.add(taken);
    slot.outbox.consume(taken);
    if (slot.outbox.empty()) return flushed(link, slot);
    if (taken < gathered.bytes) {
        stats_.sends_blocked.add();
        set_write_armed(link, slot, true);
    } else if (!slot.write_armed) {
        schedule_flush(link,
                       slot);  // fairness: the rest of a long queue waits for everyone else's first part
    }
}

void Loop::flushed(LinkId link, LinkSlot& slot) {
    if (slot.state == LinkState::closing) {
        if (slot.read_shut) return end_link(link, slot, LinkEnd::closed_by_us);
        if (!slot.write_shut) ::shutdown(slot.fd.get(), SHUT_WR);
        slot.write_shut = true;
    }
    set_write_armed(link, slot, false);
}

void Loop::broke(LinkId link, LinkSlot& slot) {
    if (slot.state == LinkState::closing) return end_link(link, slot, LinkEnd::closed_by_us);
    // The peer's last words (a close frame that says why) may still wait in the receive buffer: they are read
    // until the end of the stream is met, which then counts as a reset.
    slot.broken = true;
    slot.outbox.clear();
    set_write_armed(link, slot, false);
}

void Loop::set_write_armed(LinkId link, LinkSlot& slot, bool armed) {
    if (slot.write_armed == armed && !slot.read_shut) return;
    slot.write_armed = armed;
    arm(link, slot);
}

void Loop::arm(LinkId link, const LinkSlot& slot) {
    const std::uint32_t in = slot.read_shut || slot.read_held ? 0U : static_cast<std::uint32_t>(EPOLLIN);
    const std::uint32_t out = slot.write_armed ? static_cast<std::uint32_t>(EPOLLOUT) : 0U;
    poller_.modify(slot.fd.get(), in | out, link.value);
}

// ---- ending

void Loop::start_closing(LinkId link, LinkSlot& slot) {
    set_reading(link, true);
    slot.state = LinkState::closing;
    close_deadlines_.push_back({now_ + options_.close_grace, link});
    schedule_flush(link, slot);
}

void Loop::reset_on_close(LinkSlot& slot) {
    // A reset frees at once what the kernel still holds for a peer that does not read.
    const linger reset{1, 0};
    ::setsockopt(slot.fd.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

void Loop::end_link(LinkId link, LinkSlot& slot, LinkEnd why, int detail) {
    if (slot.tls) tls_.erase(link.value);
    slot.tls = false;
    if (slot.owned) {
        slot.fd.reset();
        slot.outbox.clear();
        slot.state = LinkState::ended;
        notices_.push_back({link, 0, why, detail});
        return;
    }
    if (slot.handshake && slot.handshake->dialed()) {
        notices_.push_back({LinkId{}, slot.handshake->token, why, detail});
    }
    links_.release(link);
}

}  // namespace hubbub
