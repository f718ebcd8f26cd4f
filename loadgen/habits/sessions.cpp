// People close the app and open it again, as the plan says; at the end of the load everybody comes back.
#include "loadgen/plan/sessions.hpp"

#include <algorithm>

#include "loadgen/habits/habit.hpp"

namespace hubbub {
namespace {

/// A device with something under way closes when that is answered, looked at this often ...
constexpr Duration look_again = std::chrono::milliseconds{100};
/// ... and not at all when nobody answers so long: then it stays until its next absence.
constexpr std::uint32_t looks_max = 50;

class Sessions final : public Habit {
  public:
    explicit Sessions(HabitHost& host) : host_(host), table_(*host.plan().sessions) {}
    [[nodiscard]] std::string_view name() const override { return "session"; }

    void load_begins(std::uint32_t phase, Time start, Duration length, Time) override {
        loading_ = true;
        const Duration from = *table_.phase_begins(phase);
        load_zero_ = start - from;
        const Slice& slice = host_.slice();
        for (std::uint32_t d = slice.first_device; d < slice.last_device; ++d) {
            for (const Absence& absence : table_.absences_of(DeviceIndex{d})) {
                const auto within = [&](Duration at) { return from <= at && at < from + length; };
                if (within(absence.closes)) plan(DeviceIndex{d}, start + (absence.closes - from), close);
                if (within(absence.opens)) plan(DeviceIndex{d}, start + (absence.opens - from), open);
            }
        }
    }

    // All at once would be a storm that the scenario did not ask for.
    void settle(Time now) override {
        loading_ = false;
        const Slice& slice = host_.slice();
        for (std::uint32_t d = slice.first_device; d < slice.last_device; ++d) {
            if (!host_.parted(DeviceIndex{d})) continue;
            const Duration offset = host_.plan().open_offset(DeviceIndex{d}).value_or(Duration{});
            plan(DeviceIndex{d}, now + offset, open);
        }
    }

    void due(const Deed& deed, Time now) override {
        if (deed.a == open) return host_.open(deed.device, now);
        if (!loading_ || table_.absence_at(deed.device, now - load_zero_) == nullptr) return;
        if (host_.part(deed.device, now) || deed.b >= looks_max) return;
        host_.plan_deed(*this, {now + look_again, deed.device, close, deed.b + 1});
    }

  private:
    enum What : std::uint32_t { close, open };

    void plan(DeviceIndex device, Time at, What what) { host_.plan_deed(*this, {at, device, what, 0}); }

    HabitHost& host_;
    const SessionTable& table_;
    Time load_zero_{};  ///< where load time 0 would lie, by the phase under way
    bool loading_ = false;
};

}  // namespace

std::unique_ptr<Habit> make_sessions(HabitHost& host) {
    if (host.plan().sessions->empty()) return nullptr;
    return std::make_unique<Sessions>(host);
}

}  // namespace hubbub
