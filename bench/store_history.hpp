// How long the last 50 messages of a conversation take, read backwards out of the live store and decoded.
// Owned by store_bench; its thread only. Cold: a store opened just now, each conversation for the first time
// (the file system's cache stays as it is). Warm: the same conversations again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "refserver/store/rocksdb_store.hpp"

namespace hubbub::bench {

class StoreHistory {
  public:
    explicit StoreHistory(std::string path) : path_(std::move(path)) {}

    void run() {
        fill();
        const auto store = open();
        print("cold", *store);
        print("warm", *store);
    }

  private:
    static constexpr std::size_t rooms = 2'000, entries = 200, page = 50;

    std::unique_ptr<RocksDbStore> open() {
        auto opened = RocksDbStore::open(
            {path_, Durability::wal},
            [this](CommitTicket ticket, CommitStatus) {
                if (ticket.number == entries) written_.set_value();
            },
            log_);
        if (opened.has_error()) throw std::runtime_error(opened.error().message);
        return std::move(*opened);
    }
    static ConversationId id(std::size_t room) { return {mix64(room + 1), room}; }

    /// As a server's log comes to be: one entry of every conversation after the other.
    void fill() {
        const auto store = open();
        const std::string body(200, 'x');
        for (std::size_t q = 1; q <= entries; ++q) {
            WriteBatch batch;
            for (std::size_t room = 0; room < rooms; ++room) {
                const LogEntry entry{EntryKind::message,        "user-17", "phone", q,
                                     1'700'000'000'000'000 + q, body,      {}};
                batch.put(keys::entry(id(room), q), encode(entry));
            }
            store->submit({ShardId{0}, q}, std::move(batch));
        }
        written_.get_future().wait();
    }

    static void print(const char* how, const Store& store) {
        std::vector<double> micros;
        Random random(7);
        std::vector<std::size_t> order(rooms);
        for (std::size_t i = 0; i < rooms; ++i) order[i] = i;
        for (std::size_t i = rooms; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        for (const std::size_t room : order) {
            const auto begin = std::chrono::steady_clock::now();
            const auto range = keys::entries(id(room), 1, UINT64_MAX);
            std::size_t count = 0;
            const Status read =
                store.scan_reverse(range.from, range.to, [&](std::string_view, std::string_view value) {
                    return decode_log_entry(value).has_value() && ++count < page;
                });
            const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
            if (read.has_error() || count != page) throw std::runtime_error("the store lost entries");
            micros.push_back(took.count());
        }
        std::sort(micros.begin(), micros.end());
        std::printf("store_history_50_%s_p50 %.0f us -\n", how, micros[micros.size() / 2]);
        std::printf("store_history_50_%s_p99 %.0f us -\n", how, micros[micros.size() * 99 / 100]);
    }

    std::string path_;
    SilentLog log_;
    std::promise<void> written_;
};

}  // namespace hubbub::bench
