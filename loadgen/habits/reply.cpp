// Answers: once a message, by one of its recipients, some time after that one's device has seen it.
#include <unordered_set>

#include "loadgen/habits/slots.hpp"
#include "loadgen/habits/talk.hpp"
#include "loadgen/plan/replies.hpp"

namespace hubbub {
namespace {

constexpr Duration look_again = std::chrono::seconds{1};

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
        Due due{stream, {}, answer->body_bytes};
        due.about.parent_device = stamp.device;
        due.about.parent_k = stamp.k;
        if (answer->thread && host_.abilities().talk && entry.sequence != 0) {
            due.about.op = SendOp::reply;
            due.about.target = entry.sequence;
        }
        const std::uint32_t slot = waiting_.put(due);
        if (!host_.plan_deed(*this, {now + answer->delay, device, slot, 0})) waiting_.take(slot);
    }

    void due(const Deed& deed, Time now) override {
        // Who left meanwhile does it when back.
        if (open_ && host_.parted(deed.device)) {
            if (!host_.plan_deed(*this, {now + look_again, deed.device, deed.a, 0})) waiting_.take(deed.a);
            return;
        }
        const Due due = waiting_.take(deed.a);
        // Whose membership ended meanwhile has nothing more to say there.
        if (open_ && !host_.checker().ended(due.stream))
            host_.send(due.stream, due.about, due.body_bytes, deed.at, now);
    }

  private:
    struct Due {
        StreamIndex stream;
        SendAbout about;
        std::uint32_t body_bytes = 0;
    };

    HabitHost& host_;
    bool open_ = false;
    std::unordered_set<std::uint64_t> answered_;  ///< by hash of the message; never walked
    Slots<Due> waiting_;
};

}  // namespace

std::unique_ptr<Habit> make_reply_habit(HabitHost& host) {
    if (!anybody_has(host.plan(), &Habits::reply)) return nullptr;
    return std::make_unique<Replies>(host);
}

}  // namespace hubbub
