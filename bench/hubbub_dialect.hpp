// hubbub.v1.json as the fan-out benchmark speaks it. JSON is looked through for known keys, not parsed: the
// client must not become what is measured. Included by fanout_bench.cpp; one thread.
#pragma once

#include <unistd.h>

#include <algorithm>

#include "bench/child.hpp"
#include "bench/dialect.hpp"
#include "bench/support.hpp"
#include "protocol/limits.hpp"

namespace hubbub::bench {

class HubbubDialect final : public Dialect {
  public:
    HubbubDialect(std::string program, std::string durability)
        : program_(std::move(program)), durability_(std::move(durability)), metrics_port_(free_port()) {}

    [[nodiscard]] std::vector<std::string> server(std::uint16_t port) override {
        const std::string here = "127.0.0.1:";
        return {
            program_,       "serve",     "--listen",  here + std::to_string(port),         "--shards", "1",
            "--durability", durability_, "--metrics", here + std::to_string(metrics_port_)};
    }
    [[nodiscard]] std::string path() const override { return "/chat"; }
    [[nodiscard]] std::string subprotocol() const override { return "hubbub.v1.json"; }
    [[nodiscard]] std::uint16_t metrics_port() const override { return metrics_port_; }

    void begin() override {
        sent_.assign(room.users, 0);
        room.dial(0);  // creates the room; then the others come
    }
    void opened(std::uint32_t user) override {
        room.say(user, R"({"t":"hello","user":"b)" + std::to_string(user) + R"(","device":"d"})");
    }
    void heard(std::uint32_t user, std::string_view text) override {
        if (text.starts_with(R"({"t":"msg")")) {
            // Senders are members too and hear each other; only receivers count.
            if (user < room.receivers)
                room.delivered(static_cast<std::uint32_t>(number_in(text, R"("u":"b)")));
        } else if (text.starts_with(R"({"t":"welcome")")) {
            user == 0 ? create() : resume(user);
        } else if (text.starts_with(R"({"t":"created")")) {
            id_ = std::string(text.substr(text.find(R"("c":")") + 5, 22));
            epoch_ = number_in(text, R"("epoch":)");
            head_ = number_in(text, R"("head":)");
            add_or_begin();
        } else if (text.starts_with(R"({"t":"added")")) {
            head_ = number_in(text, R"("q":)");
            add_or_begin();
        } else if (text.starts_with(R"({"t":"resumed")")) {
            if (text.find(R"("pending":0)") != std::string_view::npos) room.live(user);
        } else if (text.starts_with(R"({"t":"error")")) {
            give_up("the server refused: " + std::string(text));
        }
    }
    void send(std::uint32_t sender) override {
        static const std::string body(128, 'x');
        room.say(sender, R"({"t":"send","c":")" + id_ + R"(","n":)" + std::to_string(++sent_[sender]) +
                             R"(,"b":")" + body + R"("})");
    }

  private:
    std::string next_members() {
        const auto to = std::min<std::size_t>(room.users, added_ + limits::members_per_frame_max);
        std::string out = "[";
        for (std::size_t u = added_; u < to; ++u)
            out += (u == added_ ? "\"b" : ",\"b") + std::to_string(u) + "\"";
        added_ = to;
        return out + "]";
    }
    void create() {
        room.say(0,
                 R"({"t":"create","id":1,"key":"room","class":"channel","members":)" + next_members() + "}");
    }
    void add_or_begin() {
        if (added_ < room.users)
            return room.say(0, R"({"t":"add","id":2,"c":")" + id_ + R"(","members":)" + next_members() + "}");
        resume(0);
        for (std::uint32_t u = 1; u < room.users; ++u) room.dial(u);
    }
    void resume(std::uint32_t user) {
        room.say(user, R"({"t":"resume","at":[[")" + id_ + "\"," + std::to_string(epoch_) + "," +
                           std::to_string(head_) + R"(]],"complete":false})");
    }

    const std::string program_, durability_;
    const std::uint16_t metrics_port_;
    std::string id_;
    std::uint64_t epoch_ = 0, head_ = 0;
    std::size_t added_ = 0;
    std::vector<std::uint64_t> sent_;
};

inline std::unique_ptr<Dialect> hubbub_dialect(std::string program, std::string durability) {
    return std::make_unique<HubbubDialect>(std::move(program), std::move(durability));
}

}  // namespace hubbub::bench
