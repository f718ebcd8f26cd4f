#include "refserver/core/shard.hpp"

#include <algorithm>

#include "refserver/core/connection.hpp"
#include "refserver/core/device_registry.hpp"
#include "refserver/core/owner_side.hpp"
#include "refserver/core/presence_home.hpp"
#include "refserver/core/session_side.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

struct Shard::Impl {
    Impl(ShardId self, const ServerOptions& options, Links& links, Mailroom& mailroom, Store& store,
         Random random, SabotageTruth& truth, Log& log)
        : context(self, options, links, store, log),
          saboteur(context.sabotaged() ? std::make_unique<Saboteur>(options.sabotage, self, truth) : nullptr),
          switchboard(context, mailroom),
          connections(context, random.child("drain")),
          sessions(context, connections, switchboard, saboteur.get()),
          owner(context, switchboard, random.child("ids"), saboteur.get()),
          registry(context, switchboard),
          presence(context, switchboard) {
        connections.set_user(sessions);
        switchboard.connect(sessions, owner, registry, presence);
    }

    ShardContext context;
    std::unique_ptr<Saboteur> saboteur;  // null: honest
    Switchboard switchboard;
    Connections connections;
    SessionSide sessions;
    OwnerSide owner;
    DeviceRegistry registry;
    PresenceHome presence;
};

Shard::Shard(ShardId self, const ServerOptions& options, Links& links, Mailroom& mailroom, Store& store,
             Random random, SabotageTruth& truth, Log& log)
    : impl_(std::make_unique<Impl>(self, options, links, mailroom, store, random, truth, log)) {}

Shard::~Shard() = default;

void Shard::opened(LinkId link, std::uint64_t, Time now) {
    impl_->context.now = now;
    impl_->connections.opened(link);
}

void Shard::dial_failed(std::uint64_t, LinkEnd, int, Time) {}  // a server never dials

void Shard::received(LinkId link, std::span<char> bytes, Time now) {
    impl_->context.now = now;
    impl_->connections.received(link, bytes);
}

void Shard::closed(LinkId link, LinkEnd, Time now) {
    impl_->context.now = now;
    impl_->connections.closed(link);
}

void Shard::mail(ShardMail mail, Time now) {
    impl_->context.now = now;
    impl_->switchboard.deliver(std::move(mail));
}

void Shard::committed(std::uint64_t batch_number, CommitStatus status, Time now) {
    impl_->context.now = now;
    impl_->owner.committed(batch_number, status);
}

void Shard::turn(Time now) {
    impl_->context.now = now;
    impl_->switchboard.turn();
    impl_->connections.turn();
    impl_->presence.turn(impl_->owner.read_only() ? nullptr : &impl_->owner.writes());
    impl_->sessions.turn();
    impl_->owner.turn();
}

Time Shard::next_deadline() const {
    return std::min({impl_->connections.next_deadline(), impl_->sessions.next_deadline(),
                     impl_->owner.next_deadline(), impl_->switchboard.next_deadline(),
                     impl_->presence.next_deadline()});
}

void Shard::drain(Duration spread, Time now) {
    impl_->context.now = now;
    impl_->connections.drain(spread);
}

const ShardCounters& Shard::counters() const {
    return impl_->context.counters;
}

ShardId Shard::owner_of(const ConversationId& conversation, std::uint32_t shards) {
    return ShardId(static_cast<std::uint32_t>(hash_of(conversation) % shards));
}

}  // namespace hubbub
