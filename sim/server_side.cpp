#include "sim/server_side.hpp"

#include "base/assert.hpp"

namespace hubbub::sim {

ServerSide::ServerSide(const ServerOptions& options, Durability durability, Duration commit_latency,
                       Duration mail_delay_max, std::uint64_t seed, Net& net, SabotageTruth& truth)
    : options_(options),
      random_(Random(seed).child("server")),
      net_(net),
      truth_(truth),
      mails_(random_.child("mails"), mail_delay_max),
      store_(durability, commit_latency, [this](CommitTicket ticket, CommitStatus status) {
          Host& host = shards_[ticket.shard.index()];
          host.shard->committed(ticket.number, status, now_);
          host.touched = true;
      }) {
    for (std::uint32_t i = 0; i < options_.shards; ++i) posts_.emplace_back(*this, ShardId{i});
}

bool ServerSide::Post::post(ShardId to, ShardMail&& mail) {
    server_.mails_.post(self_, to, std::move(mail), server_.now_);
    return true;
}

void ServerSide::start() {
    ++starts_;
    std::vector<Net::Side> sides;
    for (std::uint32_t i = 0; i < options_.shards; ++i) {
        Host host;
        host.side = net_.join();
        host.shard = std::make_unique<Shard>(ShardId{i}, options_, net_.links(host.side), posts_[i], store_,
                                             random_.child("shard").child(starts_).child(i), truth_, log_);
        net_.attach(host.side, *host.shard);
        sides.push_back(host.side);
        shards_.push_back(std::move(host));
    }
    net_.set_servers(std::move(sides));
}

void ServerSide::die(bool power, Time now) {
    for (const Host& host : shards_) net_.kill(host.side, now);
    if (frozen_) thaw(now);
    shards_.clear();
    mails_.clear();
    Random tail = random_.child("tail").child(starts_);
    if (power) {
        store_.power_loss(static_cast<Tail>(tail.below(3)), tail);
    } else {
        store_.crash_process();
    }
    const Status reopened = store_.reopen();
    HUBBUB_ASSERT(reopened.has_value(), "no failing sync was asked for");
}

void ServerSide::freeze() {
    frozen_ = true;
    for (const Host& host : shards_) net_.freeze(host.side);
}

void ServerSide::thaw(Time now) {
    frozen_ = false;
    for (const Host& host : shards_) net_.thaw(host.side, now);
}

void ServerSide::drain(Duration spread, Time now) {
    net_.set_servers({});
    for (Host& host : shards_) {
        host.shard->drain(spread, now);
        host.touched = true;
    }
}

Time ServerSide::next_deadline() const {
    if (frozen_) return never;
    Time next = std::min(mails_.next_deadline(), store_.next_deadline());
    for (const Host& host : shards_) next = std::min(next, host.shard->next_deadline());
    return next;
}

void ServerSide::touched(Net::Side side) {
    for (Host& host : shards_)
        if (host.side == side) host.touched = true;
}

void ServerSide::work(Time now) {
    now_ = now;
    while (!frozen_ && step(now)) continue;
}

/// One round of everything that is due; false when there was nothing. Sliced fan-out asks to be called again
/// at once, and is.
bool ServerSide::step(Time now) {
    bool worked = false;
    while (store_.next_deadline() <= now) {
        store_.deliver(now);
        worked = true;
    }
    mails_.deliver_due(now, [&](ShardId to, ShardMail mail) {
        shards_[to.index()].shard->mail(std::move(mail), now);
        shards_[to.index()].touched = worked = true;
    });
    for (Host& host : shards_) {
        if (!host.touched && host.shard->next_deadline() > now) continue;
        host.touched = false;
        host.shard->turn(now);
        net_.flush(host.side, now);
        worked = true;
    }
    return worked;
}

}  // namespace hubbub::sim
