// The generator's core alone: what a delivery, a send and its ack cost one worker with every check and
// histogram on. CPU time of this thread and allocations; no sockets.
#include <map>
#include <set>

#include "bench/meter.hpp"
#include "bench/worker_rig.hpp"

namespace hubbub::bench {
namespace {

void expect_clean(const WorkerRig& rig, std::uint64_t delivered) {
    const Checker::Live& live = rig.worker.checker().live();
    HUBBUB_ASSERT(live.delivered == delivered, "every delivery is judged");
    HUBBUB_ASSERT(live.corrupt + live.phantom + live.duplicate_raw + live.gap_live + live.disagreement == 0,
                  "what the benchmark plays is sound");
}

/// Each frame to one receiver: every delivery is decoded, stamp and content are checked.
void measure_decoded() {
    constexpr std::uint32_t pairs = 1024;
    constexpr std::uint32_t rounds = 60;
    WorkerRig rig(worker_plan(ConversationClass::direct, 2 * pairs, pairs, 2, 1e-9));
    Meter meter;
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        std::vector<std::pair<std::uint32_t, std::string>> arriving;
        for (std::uint32_t c = 0; c < pairs; ++c) {
            const auto members = rig.plan->members_of(ConversationIndex{c});
            arriving.emplace_back(members[1].value,
                                  rig.message(members[0].value, ConversationIndex{c}, round, round + 1));
        }
        rig.now += 10ms;
        const auto work = [&] {
            for (auto& [user, bytes] : arriving) rig.feed(user, bytes);
        };
        if (round <= rounds / 6)
            work();
        else
            meter.measure(work);
    }
    expect_clean(rig, std::uint64_t{pairs} * rounds);
    meter.print("worker_delivery_decoded", double{pairs} * (rounds - rounds / 6), "delivery");
}

/// The same frame to 1000 receivers, `batch` frames to each in one read: one is decoded, the others are
/// compared.
void measure_cached(std::uint32_t batch) {
    constexpr std::uint32_t users = 1001;
    constexpr std::uint32_t messages = 640;
    WorkerRig rig(worker_plan(ConversationClass::channel, users, 1, users, 1e-9));
    Meter meter;
    std::vector<std::string> reads(users);
    for (std::uint32_t first = 1; first <= messages; first += batch) {
        std::string read;
        for (std::uint32_t k = first; k < first + batch; ++k)
            read += rig.message(0, ConversationIndex{0}, k, k + 1);
        for (std::string& one : reads) one = read;
        rig.now += 10ms;
        meter.measure([&] {
            for (std::uint32_t user = 1; user < users; ++user) rig.feed(user, reads[user]);
        });
    }
    expect_clean(rig, std::uint64_t{messages} * (users - 1));
    meter.print("worker_delivery_cached_batch_" + std::to_string(batch), double{messages} * (users - 1),
                "delivery");
}

/// Plays the server for direct messages: an ack to the sender, the entry to the other one.
class DirectAnswers {
  public:
    explicit DirectAnswers(WorkerRig& rig) : rig_(rig), heads_(rig.plan->conversations.size(), 1) {
        for (std::uint32_t c = 0; c < heads_.size(); ++c)
            by_id_.emplace((*rig.ready)[c].id, ConversationIndex{c});
    }
    /// Answers everything that was sent; returns the number of acks measured: the first one of each
    /// conversation, since a second one must come behind what the first one's receiver is owed.
    std::uint64_t answer(Meter* meter) {
        struct Answered {
            std::uint32_t sender, other;
            std::string ack, entry;
        };
        std::vector<Answered> first, later;
        std::set<std::uint32_t> seen;
        for (const auto& [link, bytes] : rig_.links.kept) {
            const Send send = rig_.sent(bytes);
            const ConversationIndex c = by_id_.at(send.conversation);
            const auto sender = static_cast<std::uint32_t>(link.value);
            const auto members = rig_.plan->members_of(c);
            const std::uint32_t other = members[0].value == sender ? members[1].value : members[0].value;
            const Sequence q = ++heads_[c.index()];
            const std::string user = rig_.plan->user_name(UserIndex{sender});
            const std::string device = rig_.plan->device_name(DeviceIndex{sender}, 0);
            Entry entry;
            entry.conversation = send.conversation;
            entry.sequence = q;
            entry.user = user;
            entry.device = device;
            entry.number = send.number;
            entry.body = send.body;
            auto& list = seen.insert(c.value).second ? first : later;
            list.push_back(
                {sender, other, rig_.frame(Ack{send.conversation, send.number, q}), rig_.frame(entry)});
        }
        const auto acks = [&] {
            for (Answered& one : first) rig_.feed(one.sender, one.ack);
        };
        meter ? meter->measure(acks) : acks();
        for (Answered& one : first) rig_.feed(one.other, one.entry);
        for (Answered& one : later) {
            rig_.feed(one.sender, one.ack);
            rig_.feed(one.other, one.entry);
        }
        return first.size();
    }

  private:
    WorkerRig& rig_;
    std::vector<Sequence> heads_;
    std::map<ConversationId, ConversationIndex> by_id_;
};

/// Arrivals of the plan to masked frames, and acks back.
void measure_sends() {
    constexpr std::uint32_t users = 2048;
    WorkerRig rig(worker_plan(ConversationClass::direct, users, users / 2, 2, 100'000));
    DirectAnswers server(rig);
    Meter sends, acks;
    std::uint64_t sent = 0, acked = 0, all = 0;
    rig.links.keep = true;
    rig.links.kept.reserve(4096);
    for (int turn = 0; turn < 1200; ++turn) {
        rig.links.kept.clear();
        rig.now += 1ms;
        const bool warm = turn >= 200;
        const auto play = [&] { rig.worker.turn(rig.now); };
        warm ? sends.measure(play) : play();
        all += rig.links.kept.size();
        if (warm) sent += rig.links.kept.size();
        rig.now += 10us;
        const std::uint64_t measured = server.answer(warm ? &acks : nullptr);
        if (warm) acked += measured;
    }
    HUBBUB_ASSERT(rig.worker.checker().live().acked == all && sent > 90'000, "the arrivals were played");
    expect_clean(rig, all);
    sends.print("worker_send", static_cast<double>(sent), "message");
    acks.print("worker_ack", static_cast<double>(acked), "message");
}

}  // namespace
}  // namespace hubbub::bench

int main() {
    using namespace hubbub::bench;
    measure_decoded();
    for (const std::uint32_t batch : {1U, 8U, 64U}) measure_cached(batch);
    measure_sends();
}
