#include <gtest/gtest.h>

#include <algorithm>

#include "tests/refserver/harness_host.hpp"

namespace hubbub::testing {
class World::Post final : public Mailroom {
  public:
    Post(World& world, std::uint32_t self) : world_(world), self_(self) {}
    bool post(ShardId to, ShardMail&& mail) override {
        EXPECT_NE(to.value, self_) << "a shard never posts to itself";
        auto& queue = world_.mails_[{self_, to.value}];
        if (queue.size() >= world_.options_.mailbox_mails_max) return false;
        queue.push_back(std::move(mail));
        ++world_.mails_posted;
        return true;
    }

  private:
    World& world_;
    std::uint32_t self_;
};

struct World::Truth final : SabotageTruth {
    explicit Truth(std::vector<SabotageRecord>& records) : records_(records) {}
    void about_to(const SabotageRecord& record) override { records_.push_back(record); }
    std::vector<SabotageRecord>& records_;
};

World::World(WorldOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      truth_(std::make_unique<Truth>(truth)),
      codec_(make_json_codec()) {
    options_.server.shards = options_.shards;
    now_ += 1s;
    store_ = std::make_unique<MemoryStore>(
        options_.commit_latency,
        [this](CommitTicket ticket, CommitStatus status) {
            if (ticket.shard == nobody) return;
            if (fails && !failing_) failing_ = fails(ticket);
            if (failing_) status = CommitStatus::unknown_outcome;
            shard(ticket.shard.value).committed(ticket.number, status, now_);
        },
        options_.durability);
    start();
}

World::~World() = default;

Shard& World::shard(std::uint32_t index) {
    return *hosts_[index]->shard;
}

void World::start() {
    ++starts_;
    for (std::uint32_t i = 0; i < options_.shards; ++i) {
        hosts_.push_back(std::make_unique<Host>());
        hosts_.back()->post = std::make_unique<Post>(*this, i);
    }
    for (std::uint32_t i = 0; i < options_.shards; ++i)
        hosts_[i]->shard =
            std::make_unique<Shard>(ShardId(i), options_.server, *hosts_[i], *hosts_[i]->post, *store_,
                                    Random(options_.seed).child("server").child(i), *truth_, log_);
}

void World::put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.put(key, value);
    store_->submit({nobody, ++puts_}, std::move(batch));
    settle();
}

void World::kill() {
    for (auto& [name, client] : clients_)
        if (client->connected()) client->ended(true);
    mails_.clear();
    hosts_.clear();
    ASSERT_FALSE(store_->reopen().has_error());
    failing_ = false;
    start();
}

void World::restart_with(std::uint32_t shards) {
    options_.shards = options_.server.shards = shards;
    kill();
}

Client& World::client(const std::string& user, const std::string& device) {
    auto& place = clients_[{user, device}];
    if (!place) place = std::make_unique<Client>(*this, user, device);
    return *place;
}

std::uint64_t World::total(RelaxedCounter ShardCounters::*counter) {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < options_.shards; ++i) sum += (counters(i).*counter).get();
    return sum;
}

bool World::deliver_mail() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ready;
    for (const auto& [pair, queue] : mails_)
        if (!queue.empty()) ready.push_back(pair);
    if (ready.empty()) return false;
    const auto pair = ready[random_.below(ready.size())];
    ShardMail mail = std::move(mails_[pair].front());
    mails_[pair].pop_front();
    shard(pair.second).mail(std::move(mail), now_);
    return true;
}

bool World::deliver_store() {
    if (store_->next_deadline() > now_) return false;
    store_->deliver(now_);
    return true;
}

/// Every host takes its turn; true: one wants another at once.
bool World::turn_all() {
    bool busy = false;
    for (auto& host : hosts_) {
        host->shard->turn(now_);
        busy |= host->shard->next_deadline() <= now_;
    }
    return busy;
}

bool World::read_all() {
    bool busy = false;
    for (auto& host : hosts_) {
        for (std::size_t slot = 0; slot < host->pipes.size(); ++slot) {
            const auto pipe = [&]() -> Host::Pipe& { return host->pipes[slot]; };
            while (!pipe().gone && pipe().client->reads && !pipe().frames.empty()) {
                const std::string frame = std::move(pipe().frames.front());
                pipe().frames.pop_front();
                pipe().queued -= frame.size();
                busy = true;
                pipe().client->hear(frame);
            }
            if (!pipe().gone && pipe().ending && pipe().frames.empty()) {
                const bool aborted = pipe().aborted;
                const LinkId link = pipe().link;
                pipe().gone = true;
                if (pipe().client->link_ == link) pipe().client->ended(aborted);
                host->shard->closed(link, LinkEnd::closed_by_us, now_);
                busy = true;
            }
        }
    }
    return busy;
}

bool World::step() {
    // Whose turn it is among those with something to do is the seed's choice.
    const std::uint64_t first = random_.below(4);
    bool busy = false;
    for (std::uint64_t i = 0; i < 4 && !busy; ++i) {
        switch ((first + i) % 4) {
            case 0:
                busy = deliver_mail();
                break;
            case 1:
                busy = deliver_store();
                break;
            case 2:
                busy = read_all();
                break;
            default:
                busy = turn_all();
        }
    }
    return busy;
}

void World::settle(Duration patience) {
    const Time until = now_ + patience;
    while (true) {
        int rounds = 0;
        do {
            while (step()) ASSERT_LT(++rounds, 2'000'000) << "the world never comes to rest";
        } while (turn_all() || deliver_mail() || deliver_store() || read_all());
        if (next_deadline() > until) return;
        advance();
    }
}

Time World::next_deadline() const {
    Time next = store_->next_deadline();
    for (const auto& host : hosts_) next = std::min(next, host->shard->next_deadline());
    return next;
}

void World::advance() {
    const Time next = next_deadline();
    if (next != never) now_ = std::max(now_, next);
}

void World::pass(Duration span) {
    const Time until = now_ + span;
    settle(span);
    now_ = until;
    settle(0ns);
}

ConversationId World::conversation(const std::string& key, std::vector<std::string> members,
                                   ConversationClass kind) {
    Client& maker = client("maker");
    if (!maker.connected()) maker.connect(0);
    const RequestId id = maker.create(key, std::move(members), kind);
    settle();
    for (const Created& created : maker.created)
        if (created.id == id) return created.conversation;
    ADD_FAILURE() << "not created";
    return {};
}

}  // namespace hubbub::testing
