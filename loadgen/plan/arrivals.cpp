#include <vector>

#include "base/assert.hpp"
#include "loadgen/plan/arrival_law.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/plan/senders.hpp"

namespace hubbub {
namespace {

/// One stream of the phase: its times, and who sends what at each.
class StreamWalk {
  public:
    StreamWalk(const Plan& plan, const Phase& phase, std::size_t index, const Random& random)
        : times_(phase.streams[index], phase.length), seed_(random.child(index).seed()) {
        const SendStream& stream = phase.streams[index];
        std::vector<double> weights;
        const auto& behaviors = plan.scenario->behaviors;
        for (std::size_t b = 0; b < behaviors.size(); ++b) {
            if (!behaviors[b].send || (!stream.behavior.empty() && behaviors[b].name != stream.behavior))
                continue;
            choices_.push_back(&plan.senders->behaviors[b]);
            weights.push_back(behaviors[b].send->weight);
        }
        if (choices_.size() > 1) by_weight_ = AliasTable(weights);
        advance();
    }

    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] Duration due() const { return due_; }

    Arrival take() {
        const BehaviorSenders& senders = *choices_[by_weight_.empty() ? 0 : by_weight_.pick(draw_)];
        Arrival arrival;
        arrival.offset = due_;
        arrival.serial = serial_ - 1;
        arrival.stream = senders.pick(draw_);
        arrival.body_bytes = senders.body_bytes(draw_);
        advance();
        return arrival;
    }

  private:
    // Every arrival has a generator of its own, made from (seed, phase, stream, serial): no draw depends on
    // how many draws another arrival made.
    void advance() {
        draw_ = Random(mix64(seed_, serial_));
        const auto offset = times_.next(draw_);
        done_ = !offset || choices_.empty();
        if (done_) return;
        due_ = *offset;
        ++serial_;
    }

    ArrivalTimes times_;
    std::uint64_t seed_;
    std::vector<const BehaviorSenders*> choices_;
    AliasTable by_weight_;
    Random draw_{0};
    Duration due_{};
    std::uint64_t serial_ = 0;  ///< arrivals handed out, the pending one included
    bool done_ = false;
};

}  // namespace

struct Arrivals::Impl {
    std::vector<StreamWalk> streams;
};

Arrivals::Arrivals(const Plan& plan, std::uint32_t phase) : impl_(std::make_unique<Impl>()) {
    HUBBUB_ASSERT(phase < plan.scenario->phases.size(), "a phase of the scenario");
    const Phase& wanted = plan.scenario->phases[phase];
    const Random random = Random(plan.seed).child("arrivals").child(phase);
    for (std::size_t i = 0; i < wanted.streams.size(); ++i)
        impl_->streams.emplace_back(plan, wanted, i, random);
}

Arrivals::~Arrivals() = default;
Arrivals::Arrivals(Arrivals&&) noexcept = default;
Arrivals& Arrivals::operator=(Arrivals&&) noexcept = default;

std::optional<Arrival> Arrivals::next() {
    StreamWalk* first =
        nullptr;  // a phase has a handful of streams: a scan beats a heap; ties go to the first
    for (StreamWalk& stream : impl_->streams) {
        if (!stream.done() && (first == nullptr || stream.due() < first->due())) first = &stream;
    }
    if (first == nullptr) return std::nullopt;
    return first->take();
}

}  // namespace hubbub
