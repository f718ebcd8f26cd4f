// The simulated server as the scenario's faults reach it. Owned by the world; one thread.
#pragma once

#include "chaos/target_fault.hpp"
#include "protocol/limits.hpp"
#include "sim/server_side.hpp"

namespace hubbub::sim {

class WorldTarget final : public TargetControl {
  public:
    /// `now` is the world's clock.
    WorldTarget(ServerSide& server, const Net& net, const Time& now)
        : server_(server), net_(net), now_(now) {}

    [[nodiscard]] Time next_deadline() const { return std::min(dies_at_, look_at_); }
    /// A server that drains ends when everybody has gone, or its patience has.
    void turn(Time now) {
        if (next_deadline() > now) return;
        look_at_ = now + look_again;
        if (dies_at_ <= now || net_.open_links() == 0) end(false);
    }

    bool kill() override { return server_.running() && end(false); }
    bool lose_power() override { return server_.running() && end(true); }
    bool stop() override {
        if (server_.running()) server_.freeze();
        return server_.running();
    }
    bool go_on() override {
        if (server_.running()) server_.thaw(now_);
        return server_.running();
    }
    bool drain() override {
        if (!server_.running()) return false;
        server_.drain(limits::drain_spread, now_);
        dies_at_ = now_ + limits::drain_longest;
        look_at_ = now_ + look_again;
        return true;
    }
    // The modelled disk has no room to run out of, and nobody's clock is his own here.
    bool disk(DiskDeed, bool, Duration) override { return false; }
    std::uint64_t disk_bites(DiskDeed) override { return 0; }
    bool jump(Duration, bool) override { return false; }
    bool start() override {
        start_wanted_ = server_.running();
        if (!server_.running()) server_.start();
        return true;
    }

  private:
    bool end(bool power) {
        dies_at_ = look_at_ = never;
        server_.die(power, now_);
        if (start_wanted_) server_.start();
        start_wanted_ = false;
        return true;
    }

    static constexpr Duration look_again = std::chrono::milliseconds{5};

    ServerSide& server_;
    const Net& net_;
    const Time& now_;
    Time dies_at_ = never, look_at_ = never;
    bool start_wanted_ = false;
};

}  // namespace hubbub::sim
