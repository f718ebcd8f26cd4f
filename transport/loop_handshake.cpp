// Links on their way to being open: accepted or dialed, through the HTTP upgrade in any pieces.
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/assert.hpp"
#include "transport/loop.hpp"

namespace hubbub {
namespace {

/// Without the port: what connects from one machine have in common. Empty when the peer is gone already.
std::string peer_address(int fd) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    std::array<char, NI_MAXHOST> host{};
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length) != 0 ||
        getnameinfo(reinterpret_cast<sockaddr*>(&peer), length, host.data(), host.size(), nullptr, 0,
                    NI_NUMERICHOST) != 0)
        return {};
    return host.data();
}

}  // namespace

// ---- accepted

void Loop::accept(std::uint64_t key) {
    listener_.accept(key, options_.accepts_per_turn, now_, accepted_);
    for (Descriptor& fd : accepted_) {
        const int raw = fd.get();
        const LinkId link = links_.allocate(std::move(fd));
        LinkSlot& slot = *links_.find(link);
        slot.state = LinkState::upgrading;
        slot.handshake = std::make_unique<Handshake>(Handshake{0, {}, ServerUpgrade(options_.upgrade)});
        accept_deadlines_.push_back({now_ + options_.handshake_max, link});
        poller_.add(raw, EPOLLIN, link.value);
        if (options_.server_tls) begin_tls(link, slot, std::make_unique<TlsSession>(options_.server_tls));
    }
    accepted_.clear();
}

// ---- dialed

void Loop::dial(std::uint64_t token, std::uint32_t endpoint) {
    auto started = dialer_.start(endpoint);
    stats_.dials.add();
    if (!started) {
        const DialFailure failure = started.error();
        if (failure.why == LinkEnd::no_descriptors) stats_.descriptors_exhausted.add();
        notices_.push_back({LinkId{}, token, failure.why, failure.detail});
        return;
    }
    const Endpoint& target = dialer_.endpoint(endpoint);
    std::array<std::uint64_t, 2> nonce{random_.next(), random_.next()};
    std::array<char, sizeof(nonce)> key{};
    std::memcpy(key.data(), nonce.data(), sizeof(nonce));
    ClientUpgrade client({key.data(), key.size()}, target.subprotocols);
    std::string request = client.request(target.host, target.target, target.headers);

    const int raw = started->get();
    const LinkId link = links_.allocate(std::move(*started));
    links_.find(link)->handshake =
        std::make_unique<Handshake>(Handshake{token, std::move(request), std::move(client)});
    if (target.tls) {
        HUBBUB_ASSERT(options_.client_tls != nullptr, "a wss:// endpoint needs a TLS context");
        begin_tls(link, *links_.find(link), std::make_unique<TlsSession>(options_.client_tls, target.name));
    }
    dial_deadlines_.push_back({now_ + options_.dial_timeout, link});
    poller_.add(raw, EPOLLOUT, link.value);
}

void Loop::connected(LinkId link, LinkSlot& slot) {
    if (const int error = Dialer::finish(slot.fd.get()); error != 0) {
        const DialFailure failure = dial_failure_from(error);
        return end_link(link, slot, failure.why, failure.detail);
    }
    slot.state = LinkState::upgrading;
    slot.outbox.push(SharedBytes::copy_of(slot.handshake->request));
    slot.write_armed = true;  // as registered by dial(); disarmed when the request has left
    schedule_flush(link, slot);
}

// ---- upgrading

void Loop::upgrade(LinkId link, LinkSlot& slot, std::string_view bytes) {
    if (slot.handshake->dialed()) {
        upgrade_client(link, slot, bytes);
    } else {
        upgrade_server(link, slot, bytes);
    }
}

void Loop::upgrade_server(LinkId link, LinkSlot& slot, std::string_view bytes) {
    auto& role = std::get<ServerUpgrade>(slot.handshake->role);
    const auto step = role.feed(bytes);
    if (step == ServerUpgrade::Step::need_more) return;
    std::optional<HttpAnswer> refusal;
    if (step == ServerUpgrade::Step::upgraded && options_.upgrade.admit)
        refusal = options_.upgrade.admit(peer_address(slot.fd.get()), now_);
    slot.outbox.push(SharedBytes::copy_of(refusal ? write_answer(*refusal) : role.answer()));
    schedule_flush(link, slot);
    if (step == ServerUpgrade::Step::upgraded && !refusal) return open(link, slot, 0, role.take_rest());
    stats_.upgrades_refused.add();
    slot.handshake.reset();
    start_closing(link, slot);
}

void Loop::upgrade_client(LinkId link, LinkSlot& slot, std::string_view bytes) {
    auto& role = std::get<ClientUpgrade>(slot.handshake->role);
    const auto step = role.feed(bytes);
    if (step == ClientUpgrade::Step::need_more) return;
    if (step == ClientUpgrade::Step::failed) return end_link(link, slot, role.why(), role.detail());
    open(link, slot, slot.handshake->token, role.take_rest());
}

void Loop::open(LinkId link, LinkSlot& slot, std::uint64_t token, std::string rest) {
    slot.handshake.reset();
    slot.state = LinkState::open;
    slot.owned = true;
    stats_.opened.add();
    owner_->opened(link, token, now_);
    if (!rest.empty() && slot.state == LinkState::open) owner_->received(link, std::span(rest), now_);
}

void Loop::handshake_expired(LinkId link, LinkSlot& slot) {
    if (!slot.handshake->dialed()) stats_.handshake_timeouts.add();
    end_link(link, slot, LinkEnd::connect_timeout);
}

}  // namespace hubbub
