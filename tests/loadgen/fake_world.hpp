// Virtual time for client cores: a line of events, links with seeded delays, and whoever answers at their far
// end. One test; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "protocol/links.hpp"

namespace hubbub::test {

/// The far end of all links of a world.
class FarEnd {
  public:
    virtual ~FarEnd() = default;
    virtual void accepted(std::uint64_t link) = 0;
    virtual void received(std::uint64_t link, std::string_view bytes) = 0;
    virtual void ended(std::uint64_t link) = 0;
};

class FakeWorld {
  public:
    ~FakeWorld();
    explicit FakeWorld(std::uint64_t seed, Duration delay_min = std::chrono::microseconds{50},
                       Duration delay_max = std::chrono::milliseconds{2});

    /// The carrier for one client core; call serve() with the core before running.
    Links& links(std::size_t core);
    void serve(std::size_t core, LinkOwner& owner);
    void connect_to(FarEnd& far_end) { far_end_ = &far_end; }

    void at(Time when, std::function<void()> what);
    void after(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
    /// Runs until `done` holds after a turn; false when `limit` of virtual time passed before.
    bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::minutes{5});
    void run_for(Duration span);
    [[nodiscard]] Time now() const { return now_; }

    // ---- for the far end
    void push(std::uint64_t link, std::string bytes);
    /// The far end's close: what was pushed before arrives first.
    void cut(std::uint64_t link, LinkEnd why = LinkEnd::closed_by_peer);

    std::function<LinkEnd(std::uint32_t endpoint)> refuse_dial;  ///< empty: every dial succeeds
    std::size_t cut_reads_at = 0;  ///< 0: whole; otherwise reads arrive in random pieces up to this size
    std::uint64_t dials = 0;

  private:
    class Carrier;
    struct Pipe {
        std::size_t core = 0;
        LinkId id;
        Time to_far{}, to_core{};
        bool open = true;
    };
    Time arrival(Time& last);
    void deliver(std::uint64_t link, const std::string& bytes);

    Random random_;
    Duration delay_min_, delay_max_;
    Time now_{std::chrono::seconds{1}};
    std::uint64_t serial_ = 0;
    std::map<std::pair<Time, std::uint64_t>, std::function<void()>> events_;
    std::vector<std::unique_ptr<Carrier>> carriers_;
    std::map<std::uint64_t, Pipe> pipes_;
    std::uint64_t last_link_ = 0;
    FarEnd* far_end_ = nullptr;
};

}  // namespace hubbub::test
