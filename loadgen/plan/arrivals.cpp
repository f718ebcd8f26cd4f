#include <vector>

#include "base/assert.hpp"
#include "loadgen/plan/arrival_law.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/plan/senders.hpp"
#include "loadgen/plan/sessions.hpp"

namespace hubbub {
namespace {

/// One stream of the phase: its times, and who sends what at each.
class StreamWalk {
  public:
    StreamWalk(const Plan& plan, std::uint32_t phase_index, std::size_t index, const Random& random)
        : plan_(plan),
          phase_begins_(plan.sessions->phase_begins(phase_index).value_or(Duration{})),
          times_(plan.scenario->phases[phase_index].streams[index],
                 plan.scenario->phases[phase_index].length),
          seed_(random.child(index).seed()) {
        const Phase& phase = plan.scenario->phases[phase_index];
        const SendStream& stream = phase.streams[index];
        trace_ = stream.shape.trace.get();
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
        if (trace_ != nullptr) {
            const TracedSend& send = (*trace_)[arrival.serial];
            const DeviceIndex first = plan_.device_of(UserIndex{send.user});
            arrival.stream = any_device(*plan_.stream_of(first, ConversationIndex{send.conversation}));
            arrival.body_bytes = send.bytes > 0 ? send.bytes : senders.body_bytes(draw_);
        } else {
            arrival.stream = somebody_there(senders);
            arrival.body_bytes = senders.body_bytes(draw_);
        }
        advance();
        return arrival;
    }

  private:
    /// Nobody writes while he is planned offline. Where nearly all are, the last drawn one waits until he is
    /// back.
    StreamIndex somebody_there(const BehaviorSenders& senders) {
        StreamIndex stream = any_device(senders.pick(draw_));
        for (int draws = 0; draws < draws_max && !plan_.sessions->empty(); ++draws) {
            if (plan_.sessions->absence_at(plan_.stream_device[stream.index()], phase_begins_ + due_) ==
                nullptr)
                break;
            stream = any_device(senders.pick(draw_));
        }
        return stream;
    }

    /// A user writes now on one of its devices, now on another.
    StreamIndex any_device(StreamIndex first) {
        if (plan_.device_begin.empty()) return first;
        const std::uint32_t devices = plan_.devices_of(plan_.user_of(plan_.stream_device[first.index()]));
        return devices == 1 ? first
                            : plan_.on_device(first, static_cast<std::uint32_t>(draw_.below(devices)));
    }

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

    static constexpr int draws_max = 100;

    const Plan& plan_;
    Duration phase_begins_;  ///< in load time
    ArrivalTimes times_;
    std::uint64_t seed_;
    const std::vector<TracedSend>* trace_ = nullptr;  ///< replay: who sends where; make_plan() has checked it
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
        impl_->streams.emplace_back(plan, phase, i, random);
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
