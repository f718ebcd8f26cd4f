// One worker core with all its users live, without sockets: a benchmark plays the server by hand.
// Owned by a benchmark; one thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "bench/swallowing_links.hpp"
#include "loadgen/check/stamp.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/limits.hpp"
#include "protocol/websocket.hpp"

namespace hubbub::bench {

using namespace std::chrono_literals;

/// `count` conversations of `size` users each, everybody online and sending in turn.
inline std::shared_ptr<const Plan> worker_plan(ConversationClass kind, std::uint32_t users,
                                               std::uint32_t count, std::uint32_t size, double rate) {
    auto scenario = std::make_shared<Scenario>();
    scenario->file = scenario->name = "bench";
    scenario->users = scenario->online = users;
    scenario->topology.push_back({kind, count, size, size});
    SendBehavior send;
    send.to_direct = kind == ConversationClass::direct ? 1 : 0;
    send.to_channel = kind == ConversationClass::channel ? 1 : 0;
    send.bytes = {128, 128};
    scenario->behaviors.push_back({"everybody", 1, send});
    Phase connect;
    connect.name = "connect";
    connect.kind = PhaseKind::connect;
    connect.connect_rate = 1e6;
    Phase load;
    load.name = "load";
    load.length = 1000s;
    SendStream stream;
    stream.rate = rate;
    stream.law = ArrivalLaw::constant;
    load.streams.push_back(stream);
    Phase drain;
    drain.name = "drain";
    drain.kind = PhaseKind::drain;
    scenario->phases = {connect, load, drain};
    auto plan = make_plan(scenario);
    if (!plan) std::fprintf(stderr, "%s\n", plan.error().message.c_str());
    HUBBUB_ASSERT(plan.has_value(), "the benchmark's scenario must be possible");
    return *plan;
}

class WorkerRig {
  public:
    explicit WorkerRig(std::shared_ptr<const Plan> the_plan)
        : plan(std::move(the_plan)),
          worker(*plan, plan->slice(0, 1), key(), links, make_adapter("hubbub"), {}) {
        auto all = std::make_shared<std::vector<ReadyConversation>>();
        for (std::uint64_t c = 0; c < plan->conversations.size(); ++c)
            all->push_back({{mix64(c), mix64(c, 1)}, 1, 1});
        ready = all;
        worker.obey(command::Conversations{all}, now);
        worker.obey(command::BeginPhase{0, now}, now);
        bring_up();
        worker.obey(command::BeginPhase{1, now}, now);
    }

    static RunKey key() { return {1, 2, Time{}}; }
    /// What user `user` reads: the bytes may be used once, since reading may change them.
    void feed(std::uint32_t user, std::string& bytes) {
        worker.received(link_of(user), std::span(bytes), now);
    }

    std::string frame(const ServerMessage& message) {
        std::string payload, out;
        codec_->encode(message, payload);
        websocket::append_frame(out, websocket::Opcode::text, payload);
        return out;
    }
    /// A sound message of the run as a receiver gets it.
    std::string message(std::uint32_t sender, ConversationIndex c, std::uint32_t k, Sequence q) {
        std::string body;
        Stamp stamp;
        stamp.run = key().run;
        stamp.device = DeviceIndex{sender};
        stamp.conversation = c;
        stamp.k = k;
        stamp.intended_us = static_cast<std::uint64_t>(to_micros(now.time_since_epoch()));
        append_stamped_body(body, stamp, 128, key().hash_key);
        const std::string user = plan->user_name(UserIndex{sender});
        const std::string device = plan->device_name(DeviceIndex{sender}, 0);
        Entry entry;
        entry.conversation = (*ready)[c.index()].id;
        entry.sequence = q;
        entry.user = user;
        entry.device = device;
        entry.number = k;
        entry.body = body;
        return frame(entry);
    }
    /// The send that a frame of the worker's carries.
    Send sent(const SharedBytes& masked) {
        bytes_.assign(masked.view());
        websocket::Reader reader(websocket::Role::server, limits::client_message_bytes_max);
        reader.set_input(bytes_);
        return std::get<Send>(*codec_->decode_client(reader.next()->payload));
    }

    SwallowingLinks links;
    const std::shared_ptr<const Plan> plan;
    Time now{};
    Worker worker;
    std::shared_ptr<const std::vector<ReadyConversation>> ready;

  private:
    void bring_up() {
        while (worker.status().online < plan->online_users) {
            now += 1ms;
            worker.turn(now);
            for (const std::uint64_t token : std::exchange(links.dialed, {})) {
                const auto user = static_cast<std::uint32_t>(token);  // the low half names the client
                worker.opened(link_of(user), token, now);
                std::string answer = frame(Welcome{"bench", 5000, 15000, limits::in_flight_max});
                feed(user, answer);
                Resumed resumed;
                for (const ConversationIndex c : plan->conversations_of(DeviceIndex{user}))
                    resumed.positions.push_back({(*ready)[c.index()].id, 1, 2, 1, ResumeStatus::ok});
                answer = frame(resumed);
                feed(user, answer);
            }
        }
    }

    std::unique_ptr<Codec> codec_ = make_json_codec();
    std::string bytes_;
};

}  // namespace hubbub::bench
