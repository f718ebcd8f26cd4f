// Messages per second that the live store commits, by durability and by messages in one write; and how long a
// page of history takes (store_history.hpp).
// Prints lines `name value unit ratio`, the ratio always "-". One run takes about 15 s, in a directory below
// the current one.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/store_history.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/rocksdb_store.hpp"

namespace {

using namespace hubbub;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t conversations = 1000;
constexpr std::size_t body_bytes = 200;
constexpr std::chrono::milliseconds warm_up{100}, measured{700};

/// What a shard writes for messages: the entry and its sender's state, in conversations taken at random.
class Messages {
  public:
    WriteBatch batch(std::size_t messages) {
        WriteBatch out;
        for (std::size_t i = 0; i < messages; ++i) {
            const std::size_t c = random_.below(conversations);
            const ConversationId id{mix64(c), c};
            SenderState& sender = senders_[c];
            sender.accept(++heads_[c]);
            const std::string& body = bodies_[random_.below(bodies_.size())];
            const std::uint64_t time_us = 1'700'000'000'000'000 + ++clock_;
            const LogEntry entry{EntryKind::message, "user-17", "phone", sender.last(), time_us, body, {}};
            out.put(keys::entry(id, heads_[c]), encode(entry));
            out.put(keys::sender(id, "user-17", "phone"), encode(sender));
        }
        return out;
    }

  private:
    /// Text-like, made beforehand: what is measured is the store.
    static std::vector<std::string> some_bodies() {
        static constexpr std::string_view letters = "etaoin shrdlu etaoin";
        Random random(2);
        std::vector<std::string> bodies(1000, std::string(body_bytes, ' '));
        for (std::string& body : bodies)
            for (char& c : body) c = letters[random.below(letters.size())];
        return bodies;
    }

    Random random_{1};
    std::vector<std::string> bodies_ = some_bodies();
    std::uint64_t clock_ = 0;
    std::vector<Sequence> heads_ = std::vector<Sequence>(conversations);
    std::vector<SenderState> senders_ = std::vector<SenderState>(conversations);
};

class Bench {
  public:
    Bench(const std::string& path, Durability durability) {
        auto opened = RocksDbStore::open(
            {path, durability},
            [this](CommitTicket, CommitStatus status) {
                const std::lock_guard lock(mutex_);
                if (status != CommitStatus::committed) failed_ = true;
                ++reported_;
                woken_.notify_one();
            },
            log_);
        if (opened.has_error()) throw std::runtime_error(opened.error().message);
        store_ = std::move(*opened);
    }

    /// Two writes under way, so that the committer always finds the next one, and the encoding of messages is
    /// done beside it as shards do.
    double messages_per_second(std::size_t messages) {
        run_for(messages, warm_up);
        const auto begin = SteadyClock::now();
        const std::size_t writes = run_for(messages, measured);
        const std::chrono::duration<double> took = SteadyClock::now() - begin;
        return static_cast<double>(writes * messages) / took.count();
    }
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    std::size_t run_for(std::size_t messages, std::chrono::milliseconds span) {
        const auto end = SteadyClock::now() + span;
        std::size_t writes = 0;
        while (SteadyClock::now() < end) {
            store_->submit({ShardId{0}, ++submitted_}, messages_.batch(messages));
            wait_until_under_way(1);
            ++writes;
        }
        wait_until_under_way(0);
        return writes;
    }
    void wait_until_under_way(std::uint64_t most) {
        std::unique_lock lock(mutex_);
        woken_.wait(lock, [&] { return submitted_ - reported_ <= most; });
    }

    SilentLog log_;
    Messages messages_;
    std::mutex mutex_;
    std::condition_variable woken_;
    std::uint64_t submitted_ = 0, reported_ = 0;
    bool failed_ = false;
    std::unique_ptr<RocksDbStore> store_;
};

}  // namespace

int main() {
    const std::string path = "store_bench.tmp";
    for (const auto durability :
         {Durability::none, Durability::memory, Durability::wal, Durability::wal_sync}) {
        std::filesystem::remove_all(path);
        Bench bench(path, durability);
        for (const std::size_t messages : {1, 16, 256, 4096}) {
            const double rate = bench.messages_per_second(messages);
            if (bench.failed()) return 1;
            std::printf("store_commit_%s_%zu %.0f messages/s -\n", std::string(name(durability)).c_str(),
                        messages, rate);
        }
    }
    std::filesystem::remove_all(path);
    hubbub::bench::StoreHistory(path).run();
    std::filesystem::remove_all(path);
    return 0;
}
