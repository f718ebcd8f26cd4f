// Second thoughts: some of the own messages are edited or taken back, some time after they were acknowledged.
#include "loadgen/habits/later_sends.hpp"
#include "loadgen/habits/talk.hpp"
#include "loadgen/plan/replies.hpp"

namespace hubbub {
namespace {

class Edits final : public Habit {
  public:
    explicit Edits(HabitHost& host) : host_(host) {}
    [[nodiscard]] std::string_view name() const override { return "edit"; }

    void load_begins(std::uint32_t, Time, Duration, Time) override { open_ = true; }
    void settle(Time) override { open_ = false; }

    void taken(StreamIndex stream, LedgerRow row, Sequence sequence, Time now) override {
        if (!open_ || sequence == 0) return;
        const Plan& plan = host_.plan();
        const DeviceIndex device = plan.stream_device[stream.index()];
        const UserIndex user = plan.user_of(device);
        const auto& habit = plan.habits_of(user).edit;
        if (!habit) return;
        // Edits are not edited.
        const SendOp op = host_.checker().about(row).op;
        if (op == SendOp::edit || op == SendOp::erase) return;
        const std::uint32_t k = host_.checker().k_of(row);
        Random draw = draws_about(plan, "edit", {plan.stream_conversation[stream.index()], device, k});
        if (!draw.chance(habit->probability)) return;
        const SendAbout about{draw.chance(habit->erase) ? SendOp::erase : SendOp::edit, sequence, device, k};
        const Time at = now + habit->delay.draw(draw);
        later_.plan(stream, about, body_bytes_of(plan, user, draw), at);
    }

    void due(const Deed& deed, Time now) override { later_.due(deed, open_, now); }

  private:
    HabitHost& host_;
    bool open_ = false;
    LaterSends later_{host_, *this};
};

}  // namespace

std::unique_ptr<Habit> make_edit_habit(HabitHost& host) {
    if (!host.abilities().talk || !anybody_has(host.plan(), &Habits::edit)) return nullptr;
    return std::make_unique<Edits>(host);
}

}  // namespace hubbub
