// Links through a TLS session: the same turns, with the session between the socket and the link's bytes.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "transport/loop.hpp"

namespace hubbub {

namespace {
// One TLS record (RFC 8446 section 5.1): frames of a turn share records, instead of having one each.
constexpr std::size_t record_bytes = 16 * 1024;
}  // namespace

void Loop::begin_tls(LinkId link, LinkSlot& slot, std::unique_ptr<TlsSession> session) {
    slot.tls = true;
    tls_.emplace(link.value, std::move(session));
    if (tls_buffer_.empty()) tls_buffer_.resize(limits::read_buffer_bytes);
}

void Loop::read_tls(LinkId link, LinkSlot& slot, std::string_view cipher) {
    TlsSession& session = tls_of(link);
    session.feed(cipher);
    const bool was_established = session.established();
    // The owner may end the link on the way, which ends the session: the slot says so.
    while (slot.tls && slot.state != LinkState::ended) {
        const std::size_t plain = session.read(tls_buffer_);
        if (plain == 0) break;
        take(link, slot, std::span(tls_buffer_.data(), plain));
        if (links_.find(link) == nullptr) return;
    }
    if (!slot.tls || slot.state == LinkState::ended) return;
    if (session.failed()) {
        // The alert that tells the peer why is in the output: it gets one chance to leave.
        const std::string_view alert = session.output();
        if (!alert.empty()) ::send(slot.fd.get(), alert.data(), alert.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return end_link(link, slot, session.untrusted() ? LinkEnd::tls_untrusted : LinkEnd::tls_failed);
    }
    if (session.ended()) return peer_ended(link, slot);
    if (!session.output().empty() || (!was_established && session.established())) schedule_flush(link, slot);
}

/// Plain frames into records, as far as one send may carry.
void Loop::encrypt(LinkSlot& slot, TlsSession& session) {
    while (!slot.outbox.empty() && session.output().size() < limits::send_bytes_max) {
        const auto gathered = slot.outbox.gather(buffers_, record_bytes);
        std::size_t filled = 0;
        for (const iovec& piece : std::span(buffers_.data(), gathered.buffers)) {
            std::copy_n(static_cast<const char*>(piece.iov_base), piece.iov_len, tls_buffer_.data() + filled);
            filled += piece.iov_len;
        }
        session.write({tls_buffer_.data(), filled});
        slot.outbox.consume(filled);
        if (session.failed()) return;
    }
}

void Loop::flush_tls(LinkId link, LinkSlot& slot) {
    TlsSession& session = tls_of(link);
    if (session.established()) {
        encrypt(slot, session);
        if (session.failed()) return end_link(link, slot, LinkEnd::tls_failed);
        if (slot.outbox.empty() && slot.state == LinkState::closing && !slot.write_shut) session.end();
    }
    const std::string_view bytes = session.output();
    if (bytes.empty()) {
        // Before the handshake is through there may be frames that wait for it: they are not flushed.
        if (slot.outbox.empty()) return flushed(link, slot);
        return set_write_armed(link, slot, false);
    }
    const auto sent = ::send(slot.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    const int error = sent < 0 ? errno : 0;
    stats_.sends.add();
    if (error != 0 && error != EAGAIN && error != EINTR) return broke(link, slot);
    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    const bool all = taken == bytes.size();
    stats_.bytes_out.add(taken);
    session.sent(taken);
    if (!all) {
        stats_.sends_blocked.add();
        return set_write_armed(link, slot, true);
    }
    if (slot.outbox.empty()) return flushed(link, slot);
    if (session.established()) {
        if (!slot.write_armed) schedule_flush(link, slot);
    } else {
        set_write_armed(link, slot, false);
    }
}

}  // namespace hubbub
