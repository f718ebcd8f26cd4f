// Answers: once a message, by one of its recipients, some time after that one's device has seen it.
#include <unordered_set>

#include "loadgen/habits/later_sends.hpp"
#include "loadgen/habits/talk.hpp"
#include "loadgen/plan/replies.hpp"

namespace hubbub {
namespace {

class Replies final : public Habit {
  public:
    explicit Replies(HabitHost& host) : host_(host) {}

    [[nodiscard]] std::string_view name() const override { return "reply"; }
    [[nodiscard]] bool watches_entries() const override { return true; }

    void load_begins(std::uint32_t, Time, Duration, Time) override { open_ = true; }
    void settle(Time) override { open_ = false; }

    void saw(StreamIndex stream, const SeenEntry& entry, Time now) override {
        if (!open_ || !is_message_of_the_run(entry)) return;
        const Plan& plan = host_.plan();
        const DeviceIndex device = plan.stream_device[stream.index()];
        const Stamp& stamp = entry.stamp.stamp;
        const WrittenMessage message{entry.conversation, stamp.device, stamp.k};
        const auto answer = answer_of(plan, plan.user_of(device), message);
        if (!answer || answer->device != device) return;
        // Catch-ups and pages may show it again.
        const std::uint64_t once = draws_about(plan, "reply", message).seed();
        if (!answered_.insert(once).second) return;
        SendAbout about;
        about.parent_device = stamp.device;
        about.parent_k = stamp.k;
        if (answer->thread && host_.abilities().talk && entry.sequence != 0) {
            about.op = SendOp::reply;
            about.target = entry.sequence;
        }
        later_.plan(stream, about, answer->body_bytes, now + answer->delay);
    }

    void due(const Deed& deed, Time now) override { later_.due(deed, open_, now); }

  private:
    HabitHost& host_;
    bool open_ = false;
    std::unordered_set<std::uint64_t> answered_;  ///< by hash of the message; never walked
    LaterSends later_{host_, *this};
};

}  // namespace

std::unique_ptr<Habit> make_reply_habit(HabitHost& host) {
    if (!anybody_has(host.plan(), &Habits::reply)) return nullptr;
    return std::make_unique<Replies>(host);
}

}  // namespace hubbub
