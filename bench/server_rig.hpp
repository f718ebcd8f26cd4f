// One shard core without sockets, threads or disk: links that swallow frames, and a store that commits on
// command. Owned by a benchmark; one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "bench/swallowing_links.hpp"
#include "protocol/codec.hpp"
#include "protocol/websocket.hpp"
#include "refserver/core/counters.hpp"
#include "refserver/core/shard.hpp"
#include "refserver/store/table.hpp"

namespace hubbub::bench {

/// Holds what set-up wrote; later batches are dropped when `keep` is off, so that the core is measured alone.
class CommandedStore final : public Store {
  public:
    Result<std::optional<std::string>> get(std::string_view key) const override { return table_.get(key); }
    Status scan(std::string_view from, std::string_view to, const Visit& visit) const override {
        table_.scan(from, to, visit);
        return {};
    }
    Status scan_reverse(std::string_view from, std::string_view to, const Visit& visit) const override {
        table_.scan_reverse(from, to, visit);
        return {};
    }
    void submit(CommitTicket ticket, WriteBatch batch) override {
        if (keep) table_.apply(batch);
        submitted.push_back(ticket.number);
    }
    [[nodiscard]] Durability durability() const override { return Durability::memory; }

    bool keep = true;
    std::vector<std::uint64_t> submitted;

  private:
    Table table_;
};

class ServerRig {
  public:
    ServerRig()
        : shard_(ShardId{0}, ServerOptions{}, links, mailroom_, store, Random(1), no_sabotage_, log_) {}

    SwallowingLinks links;
    CommandedStore store;

    /// Opens a session for user `number`; its link carries the same number.
    void login(std::uint32_t number) {
        shard_.opened(link_of(number), 0, now_);
        say(number, Hello{"u" + std::to_string(number), "d", {}});
    }
    void say(std::uint32_t number, const ClientMessage& message) {
        std::string bytes = frame(message);
        feed(number, bytes);
        settle();
    }
    /// Says it and gives the last answer on that link back, decoded; valid until the next call.
    ServerMessage ask(std::uint32_t number, const ClientMessage& message) {
        links.keep = true;
        links.kept.clear();
        say(number, message);
        links.keep = false;
        HUBBUB_ASSERT(!links.kept.empty(), "an answer");
        answer_ = links.kept.back().second;
        websocket::Reader reader(websocket::Role::client, limits::server_message_bytes_max);
        reader.set_input(answer_.writable());
        return *codec_->decode_server(reader.next()->payload);
    }
    /// A masked frame as a client sends it.
    std::string frame(const ClientMessage& message) {
        std::string payload;
        codec_->encode(message, payload);
        std::string out;
        websocket::append_masked_frame(out, websocket::Opcode::text, payload, 0x12345678);
        return out;
    }
    void feed(std::uint32_t number, std::string& bytes) {
        shard_.received(link_of(number), std::span(bytes), now_);
    }
    /// Turns until nothing is left to do: commits are reported one turn after they were asked for.
    void settle() {
        do {
            shard_.turn(now_);
            committing_.swap(store.submitted);
            for (const std::uint64_t number : committing_)
                shard_.committed(number, CommitStatus::committed, now_);
            const bool more = !committing_.empty() || shard_.next_deadline() <= now_;
            committing_.clear();
            if (!more) return;
        } while (true);
    }
    void pass(Duration span) { now_ += span; }
    [[nodiscard]] const ShardCounters& counters() const { return shard_.counters(); }

  private:
    struct NoMailroom final : Mailroom {
        bool post(ShardId, ShardMail&&) override { return false; }
    };
    struct NoLog final : Log {
        void write(LogLevel, std::string_view) override {}
    };

    NoMailroom mailroom_;
    NoSabotage no_sabotage_;
    NoLog log_;
    Time now_{};
    Shard shard_;
    std::unique_ptr<Codec> codec_ = make_json_codec();
    SharedBytes answer_;
    std::vector<std::uint64_t> committing_;
};

}  // namespace hubbub::bench
