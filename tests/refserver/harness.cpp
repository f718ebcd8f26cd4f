#include "tests/refserver/harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hubbub::testing {
namespace {

Said owned(const Entry& entry) {
    Said said{entry.kind,
              entry.conversation,
              entry.sequence,
              std::string(entry.user),
              std::string(entry.device),
              std::string(entry.body),
              entry.number,
              {},
              false,
              entry.op,
              entry.target};
    said.members.assign(entry.members.begin(), entry.members.end());
    return said;
}

}  // namespace

/// A shard and its links.
struct World::Host final : Links {
    struct Pipe {
        LinkId link;
        Client* client = nullptr;
        std::deque<std::string> frames;
        std::size_t queued = 0;
        bool ending = false, aborted = false, gone = false;
    };
    std::vector<Pipe> pipes;  // by slot
    std::unique_ptr<Shard> shard;
    std::unique_ptr<World::Post> post;

    Pipe* find(LinkId link) {
        const auto slot = static_cast<std::size_t>(link.value & 0xffffffffU);
        return slot < pipes.size() && pipes[slot].link == link && !pipes[slot].gone ? &pipes[slot] : nullptr;
    }
    void send(LinkId link, const SharedBytes& frame) override {
        Pipe* const pipe = find(link);
        if (!pipe || pipe->ending) return;
        pipe->frames.emplace_back(frame.view());
        pipe->queued += frame.size();
    }
    [[nodiscard]] std::size_t queued_bytes(LinkId link) const override {
        const Pipe* const pipe = const_cast<Host*>(this)->find(link);
        return pipe ? pipe->queued : 0;
    }
    void close(LinkId link) override {
        if (Pipe* const pipe = find(link)) pipe->ending = true;
    }
    void abort(LinkId link) override {
        Pipe* const pipe = find(link);
        if (!pipe) return;
        pipe->ending = pipe->aborted = true;
        pipe->frames.clear();
        pipe->queued = 0;
    }
    void dial(std::uint64_t, std::uint32_t) override { FAIL() << "servers never dial"; }
    LinkId open(Client& client) {
        for (auto& pipe : pipes)
            if (pipe.gone) {
                pipe = Pipe{LinkId(pipe.link.value + (1ULL << 32)), &client, {}, 0, false, false, false};
                return pipe.link;
            }
        pipes.push_back({LinkId(pipes.size()), &client, {}, 0, false, false, false});
        return pipes.back().link;
    }
};

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

// ---- Client

Client::Client(World& world, std::string user_name, std::string device_name)
    : user(std::move(user_name)), device(std::move(device_name)), world_(world) {}

void Client::connect_silently(std::uint32_t shard) {
    if (link_) reset();
    shard_ = shard;
    reader_ = std::make_unique<websocket::Reader>(websocket::Role::client, limits::server_message_bytes_max);
    world_.now_ += 1ns;  // no two connections begin in the same instant
    link_ = world_.hosts_[shard]->open(*this);
    world_.shard(shard).opened(*link_, 0, world_.now_);
}

void Client::connect(std::uint32_t shard) {
    connect_silently(shard);
    say(Hello{user, device, "token"});
}

void Client::reset() {
    if (!link_) return;
    const LinkId link = *link_;
    link_.reset();
    if (auto* const pipe = world_.hosts_[shard_]->find(link)) {
        pipe->gone = true;
        pipe->frames.clear();
    }
    world_.shard(shard_).closed(link, LinkEnd::reset, world_.now_);
}

void Client::ended(bool aborted) {
    link_.reset();
    if (aborted) ++cuts;
}

void Client::say(const ClientMessage& message) {
    std::string payload;
    world_.codec_->encode(message, payload);
    std::string frame;
    websocket::append_masked_frame(frame, websocket::Opcode::text, payload, 0x01020304U);
    say_raw(std::move(frame));
}

void Client::say_raw(std::string bytes) {
    if (link_) world_.shard(shard_).received(*link_, std::span<char>(bytes), world_.now_);
}

void Client::send(const ConversationId& conversation, WireNumber number, std::string body) {
    say(Send{conversation, number, body});
}

void Client::send(const ConversationId& conversation, WireNumber number, std::string body, SendOp op,
                  Sequence target) {
    say(Send{conversation, number, body, op, target});
}

void Client::resume(std::vector<Position> positions, bool complete) {
    say(Resume{std::move(positions), complete});
}

RequestId Client::create(std::string key, std::vector<std::string> members, ConversationClass kind) {
    Create create{next_request_++, key, kind, {}};
    create.members.assign(members.begin(), members.end());
    say(create);
    return create.id;
}

RequestId Client::add(const ConversationId& conversation, std::vector<std::string> members) {
    AddMembers add{next_request_++, conversation, {}};
    add.members.assign(members.begin(), members.end());
    say(add);
    return add.id;
}

RequestId Client::join(const ConversationId& conversation) {
    say(Join{next_request_, conversation});
    return next_request_++;
}

RequestId Client::leave(const ConversationId& conversation) {
    say(Leave{next_request_, conversation});
    return next_request_++;
}

RequestId Client::kick(const ConversationId& conversation, std::vector<std::string> members) {
    say(Kick{next_request_, conversation, {members.begin(), members.end()}});
    return next_request_++;
}

RequestId Client::role(const ConversationId& conversation, std::vector<std::string> members,
                       MemberRole role) {
    say(SetRole{next_request_, conversation, {members.begin(), members.end()}, role});
    return next_request_++;
}

RequestId Client::read(const ConversationId& conversation, Sequence from, std::uint32_t limit) {
    const RequestId id = next_request_++;
    say(ReadHistory{id, conversation, from, limit});
    return id;
}

void Client::hear(std::string bytes) {
    reader_->set_input(std::span<char>(bytes));
    using Kind = websocket::Event::Kind;
    while (true) {
        const auto event = reader_->next();
        ASSERT_FALSE(event.has_error()) << event.error().why;
        if (event->kind == Kind::need_more) return;
        if (event->kind == Kind::message) hear_message(event->payload);
        if (event->kind == Kind::pong) ++pongs;
        if (event->kind == Kind::close) {
            close_code = event->close_code;
            order.emplace_back("close");
            if (answers_close) {
                std::string frame;
                websocket::append_masked_frame(frame, websocket::Opcode::close,
                                               websocket::close_payload(1000, {}), 7U);
                say_raw(std::move(frame));
            }
        }
    }
}

void Client::hear_message(std::string_view payload) {
    const auto message = world_.codec_->decode_server(payload);
    ASSERT_FALSE(message.has_error()) << message.error().detail << ": " << payload;
    if (also) also(*message);
    raw.emplace_back(payload);
    if (const auto* m = std::get_if<Welcome>(&*message)) {
        order.emplace_back("welcome");
        welcomes.push_back(*m);
    } else if (const auto* r = std::get_if<Resumed>(&*message)) {
        order.emplace_back("resumed");
        resumed.push_back(*r);
    } else if (const auto* a = std::get_if<Ack>(&*message)) {
        order.emplace_back("ack");
        Said ack;
        ack.ack = true;
        ack.conversation = a->conversation;
        ack.sequence = a->sequence;
        ack.number = a->number;
        said.push_back(std::move(ack));
    } else if (const auto* e = std::get_if<Entry>(&*message)) {
        order.emplace_back("entry");
        said.push_back(owned(*e));
    } else if (const auto* c = std::get_if<Created>(&*message)) {
        order.emplace_back("created");
        created.push_back(*c);
    } else if (const auto* d = std::get_if<Added>(&*message)) {
        order.emplace_back("added");
        added.push_back(*d);
    } else if (const auto* p = std::get_if<HistoryPage>(&*message)) {
        order.emplace_back("page");
        Page page{{p->id, p->conversation, p->epoch, p->head, {}}, {}};
        for (const Entry& entry : p->entries) page.entries.push_back(owned(entry));
        pages.push_back(std::move(page));
    } else if (const auto* x = std::get_if<Rejected>(&*message)) {
        order.emplace_back("rejected");
        rejected.push_back(*x);
    } else {
        hear_of_people(*message);
    }
}

void Client::hear_of_people(const ServerMessage& message) {
    if (const auto* r = std::get_if<ReceiptNotice>(&message)) {
        order.emplace_back("receipt");
        receipts.push_back({r->conversation, std::string(r->user), r->delivered, r->read});
    } else if (const auto* c = std::get_if<ReceiptCounts>(&message)) {
        order.emplace_back("receipt_counts");
        receipt_counts.push_back(*c);
    } else if (const auto* l = std::get_if<ReceiptList>(&message)) {
        order.emplace_back("receipt_list");
        auto& list = receipt_lists.emplace_back();
        for (const ListedReceipt& item : l->items)
            list.push_back({l->conversation, std::string(item.user), item.delivered, item.read});
    } else if (const auto* t = std::get_if<TypingNotice>(&message)) {
        order.emplace_back("typing");
        typing.push_back({t->conversation, std::string(t->user), t->on});
    } else if (const auto* x = std::get_if<ReactionNotice>(&message)) {
        order.emplace_back("reaction");
        reactions.push_back({x->target, std::string(x->user), std::string(x->body), x->set});
    } else if (const auto* n = std::get_if<ReactionCounts>(&message)) {
        order.emplace_back("reaction_counts");
        auto& counts = reaction_counts.emplace_back();
        for (const ListedReaction& item : n->items)
            counts.push_back({item.target, std::string(item.body), item.count});
    } else if (const auto* i = std::get_if<ReactionList>(&message)) {
        order.emplace_back("reaction_list");
        auto& list = reaction_lists.emplace_back();
        for (const ListedReaction& item : i->items)
            list.push_back({item.target, std::string(item.body), item.count});
    } else if (const auto* d = std::get_if<Done>(&message)) {
        order.emplace_back("done");
        done.push_back(*d);
    } else if (const auto* gone = std::get_if<Skipped>(&message)) {
        order.emplace_back("skipped");
        skipped.push_back(*gone);
    } else if (const auto* p = std::get_if<PresenceNotice>(&message)) {
        order.emplace_back("presence");
        presence.push_back(std::string(p->user) + " " + std::string(name(p->state)));
    } else if (const auto* k = std::get_if<ContactList>(&message)) {
        order.emplace_back("contact_list");
        contacts.assign(k->contacts.begin(), k->contacts.end());
        blocked.assign(k->blocked.begin(), k->blocked.end());
    } else if (const auto* rooms = std::get_if<ConversationList>(&message)) {
        more += rooms->more ? 1 : 0;
        for (const ListedConversation& item : rooms->items)
            listed.push_back(std::string(name(item.role)) + " of " + std::string(name(item.kind)) + " " +
                             std::to_string(item.joined) + ".." + std::to_string(item.head));
    } else if (const auto* people = std::get_if<MemberList>(&message)) {
        more += people->more ? 1 : 0;
        for (const ListedMember& item : people->items)
            listed.push_back(std::string(item.user) + " " + std::string(name(item.role)) + " " +
                             std::to_string(item.joined));
    } else if (const auto* own = std::get_if<SessionList>(&message)) {
        for (const ListedSession& item : own->items)
            listed.push_back(std::string(item.device) + " " + std::to_string(item.age_ms));
    }
}

std::vector<Sequence> Client::stream(const ConversationId& conversation) const {
    std::vector<Sequence> out;
    for (const Said& one : said)
        if (one.conversation == conversation) out.push_back(one.sequence);
    return out;
}

std::vector<std::string> Client::bodies(const ConversationId& conversation) const {
    std::vector<std::string> out;
    for (const Said& one : said)
        if (one.conversation == conversation && !one.ack) out.push_back(one.body);
    return out;
}

void Client::forget() {
    said.clear();
    welcomes.clear();
    resumed.clear();
    created.clear();
    added.clear();
    pages.clear();
    rejected.clear();
    receipts.clear();
    receipt_counts.clear();
    receipt_lists.clear();
    typing.clear();
    reactions.clear();
    reaction_counts.clear();
    reaction_lists.clear();
    done.clear();
    skipped.clear();
    presence.clear();
    listed.clear();
    raw.clear();
    more = 0;
    order.clear();
    close_code = 0;
}

}  // namespace hubbub::testing
