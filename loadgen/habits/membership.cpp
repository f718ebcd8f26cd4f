// Memberships end and begin again, as the plan says: one device of the user leaves, and joins again when all
// of them have everything up to the end. What is not as it should be is asked for again until it is.
#include <algorithm>
#include <map>

#include "loadgen/habits/habit.hpp"
#include "loadgen/plan/churn.hpp"
#include "loadgen/plan/sessions.hpp"

namespace hubbub {
namespace {

/// Between two looks at a membership that is not yet as it should be: longer than an answer takes.
constexpr Duration look_again = std::chrono::milliseconds{500};

class Membership final : public Habit {
  public:
    explicit Membership(HabitHost& host) : host_(host) {
        const Slice& slice = host.slice();
        for (const TimeOut& time : host.plan().churn->all())
            if (slice.first_stream <= time.stream.value && time.stream.value < slice.last_stream)
                states_.try_emplace(time.stream.value);
    }
    [[nodiscard]] std::string_view name() const override { return "membership"; }

    void load_begins(std::uint32_t phase, Time start, Duration length, Time) override {
        loading_ = true;
        const Duration from = *host_.plan().sessions->phase_begins(phase);
        const auto within = [&](Duration at) { return from <= at && at < from + length; };
        for (const auto& [stream, state] : states_) {
            for (const TimeOut& time : host_.plan().churn->of(StreamIndex{stream})) {
                if (within(time.leaves)) plan(StreamIndex{stream}, start + (time.leaves - from), leave);
                if (within(time.returns)) plan(StreamIndex{stream}, start + (time.returns - from), join);
            }
        }
    }
    void settle(Time) override { loading_ = false; }

    void due(const Deed& deed, Time now) override {
        const StreamIndex stream{static_cast<std::uint32_t>(deed.b)};
        State& state = states_.at(stream.value);
        // The load is over: nothing new is begun. What was asked for is known, now or by the next resume.
        if (!loading_) return;
        if (deed.a == look)
            state.looks = false;
        else
            state.wanted_in = deed.a == join;
        if (as_wanted(stream, state)) return;
        ask(stream, state, now);
        if (!state.looks) state.looks = plan(stream, now + look_again, look);
    }

    void answered(DeviceIndex, RequestId id, const ServerMessage& message, Time now) override {
        const auto asked = asked_.find(id);
        if (asked == asked_.end()) return;
        const StreamIndex stream = asked->second.stream;
        const bool left = asked->second.what == leave;
        asked_.erase(asked);
        const auto* const done = std::get_if<Done>(&message);
        if (done != nullptr) {
            for_each_device(stream, [&](StreamIndex own) {
                if (left)
                    host_.checker().left(own, done->sequence);
                else
                    host_.checker().joined(own, done->sequence, now);
            });
        } else if (const auto* const rejected = std::get_if<Rejected>(&message)) {
            // A leave of whoever is out already is forbidden: it was done, and the log will say where.
            if (!left || rejected->code != ErrorCode::forbidden)
                host_.count_error("membership: " + std::string(hubbub::name(rejected->code)));
        }
    }

    void lost(DeviceIndex device, Time) override {
        std::erase_if(asked_, [&](const auto& one) { return one.second.device == device; });
    }

  private:
    enum What : std::uint32_t { leave, join, look };
    struct State {
        bool wanted_in = true;
        bool looks = false;  ///< a look is planned
    };
    struct Asked {
        StreamIndex stream;
        What what = leave;
        DeviceIndex device;
    };

    template <class Visit>
    void for_each_device(StreamIndex first, Visit visit) const {
        const Plan& plan = host_.plan();
        const std::uint32_t devices = plan.devices_of(plan.user_of(plan.stream_device[first.index()]));
        for (std::uint32_t n = 0; n < devices; ++n) visit(plan.on_device(first, n));
    }

    [[nodiscard]] bool as_wanted(StreamIndex stream, const State& state) const {
        bool all_in = true, all_ended = true;
        for_each_device(stream, [&](StreamIndex own) {
            const bool ended = host_.checker().ended(own);
            all_in = all_in && !ended;
            all_ended = all_ended && ended;
        });
        return state.wanted_in ? all_in : all_ended;
    }

    void ask(StreamIndex stream, const State& state, Time now) {
        bool all_out = true;
        std::optional<DeviceIndex> speaker;
        for_each_device(stream, [&](StreamIndex own) {
            const DeviceIndex device = host_.plan().stream_device[own.index()];
            all_out = all_out && host_.checker().out(own);
            if (!speaker && host_.live(device)) speaker = device;
        });
        // Coming back ends what a device may still fetch of the time before.
        if (!speaker || (state.wanted_in && !all_out)) return;
        const RequestId id = host_.request_id(*this);
        const ConversationId conversation = host_.ready(host_.plan().stream_conversation[stream.index()]).id;
        asked_[id] = {stream, state.wanted_in ? join : leave, *speaker};
        host_.checker().asks(stream, state.wanted_in ? EntryKind::joined : EntryKind::left);
        if (state.wanted_in)
            host_.say(*speaker, Join{id, conversation}, now);
        else
            host_.say(*speaker, Leave{id, conversation}, now);
    }

    bool plan(StreamIndex stream, Time at, What what) {
        return host_.plan_deed(*this, {at, host_.plan().stream_device[stream.index()], what, stream.value});
    }

    HabitHost& host_;
    std::map<std::uint32_t, State> states_;  ///< by the membership's stream on the user's first device
    std::map<RequestId, Asked> asked_;       ///< at most one or two a membership
    bool loading_ = false;
};

}  // namespace

std::unique_ptr<Habit> make_membership(HabitHost& host) {
    if (host.plan().churn->empty()) return nullptr;
    return std::make_unique<Membership>(host);
}

}  // namespace hubbub
