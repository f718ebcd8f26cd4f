// Makes the scenario's faults happen on the connections of one worker, and the networks of its cohorts.
// Owned by a worker core, between it and its carrier; its thread only.
#pragma once

#include <map>
#include <vector>

#include "chaos/faulty_links.hpp"
#include "loadgen/client/fault_evidence.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

class FaultTimeline final : public LinkOwner {
  public:
    /// Whether the scenario says anything about connections. Without it nothing needs to stand between.
    static bool wanted(const Plan& plan);

    FaultTimeline(const Plan& plan, Slice slice, Links& carrier, LinkOwner& core, Time epoch);

    /// The worker's way to its carrier.
    [[nodiscard]] Links& links() { return links_; }
    void begin_phase(std::uint32_t phase, Time start);
    /// The load is over: whatever ends or holds connections is no more, and nothing new begins.
    void heal(Time now);
    /// fired, affected, started and ended of all faults and networks.
    void add_to(FaultEvidence& evidence) const;

    void opened(LinkId link, std::uint64_t token, Time now) override { links_.opened(link, token, now); }
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override {
        links_.dial_failed(token, why, detail, now);
    }
    void received(LinkId link, std::span<char> bytes, Time now) override {
        links_.received(link, bytes, now);
    }
    void closed(LinkId link, LinkEnd why, Time now) override { links_.closed(link, why, now); }
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override;

  private:
    struct Own {
        std::vector<std::string> placed;  ///< names in set_
        FaultMarks marks;                 ///< of faults that are gone from the set
    };
    using Order = std::multimap<Time, std::uint32_t>;  ///< when: which fault

    void networks(Time now);
    void begin(std::uint32_t fault, Time now);
    void end(std::uint32_t fault, Time now);
    void begin_reset(std::uint32_t fault, Time now);
    void place(Own& own, const std::string& name, const LinkFault& fault,
               std::function<bool(std::uint64_t, std::uint32_t)> only, Time now);
    void remove(Own& own, const std::string& name, Time now);
    [[nodiscard]] FaultMarks marks_of(const Own& own) const;
    [[nodiscard]] std::function<bool(std::uint64_t, std::uint32_t)> chosen(std::uint32_t fault) const;
    [[nodiscard]] std::uint64_t micros(Time now) const;

    const Plan& plan_;
    const Time epoch_;
    FaultSet set_;
    FaultyLinks links_;
    std::vector<Own> faults_, networks_;
    Order begins_, ends_;
    std::multimap<Time, std::pair<std::uint32_t, LinkId>> cuts_;
    bool healed_ = false;
};

}  // namespace hubbub
