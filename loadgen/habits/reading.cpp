// Reading: each device says what it has received, and each user reads it after a while. At the end the
// target is asked what it knows of that. Owned by one worker core; its thread only.
#include <algorithm>
#include <deque>

#include "loadgen/check/receipt_book.hpp"
#include "loadgen/habits/habit.hpp"
#include "loadgen/plan/churn.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// A device says at most one receipt a conversation in this time: the target tells others no more often
/// (docs/PROTOCOL.md), and what is said more often would be load that no client makes.
constexpr Duration say_gap = limits::receipt_window;
/// Messages of one conversation whose reading a device awaits at the same time; others are read with the next
/// one behind them. A hot channel would otherwise hold a deed for each of its readers and messages.
constexpr std::uint8_t awaited_max = 4;
/// Readers of a conversation that ask for its list at the end.
constexpr std::uint32_t askers_max = 4;
/// Questions of one worker under way, and how often one that was refused is asked again.
constexpr std::size_t questions_max = 64;
constexpr std::uint8_t refusals_max = 10;
constexpr Duration ask_again = std::chrono::milliseconds{100};
/// What a deed is for, in its b; else the number of the message that is read then.
constexpr std::uint64_t say_it = 0, ask_it = UINT64_MAX;
constexpr std::uint64_t salt = 0x72656164696e67ULL;

class Reading final : public Habit {
  public:
    explicit Reading(HabitHost& host)
        : host_(host), plan_(host.plan()), marks_(host.slice().last_stream - host.slice().first_stream) {}

    [[nodiscard]] std::string_view name() const override { return "reading"; }
    [[nodiscard]] bool watches_entries() const override { return true; }
    void saw(StreamIndex stream, const SeenEntry& entry, Time now) override;
    void went_live(DeviceIndex device, Time now) override;
    void lost(DeviceIndex device, Time now) override;
    void gone(DeviceIndex device) override;
    bool heard(DeviceIndex device, const ServerMessage& message, Time now) override;
    void answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) override;
    void due(const Deed& deed, Time now) override;
    void audit(std::span<const Sequence> heads, Time now) override;
    [[nodiscard]] std::size_t pending() const override {
        return waiting_.size() + asked_.size() + refused_.size();
    }

  private:
    /// Of one (device, conversation).
    struct Mark {
        Seq32 read = 0;   ///< its user has read up to here, as far as this device knows
        Seq32 given = 0;  ///< up to here each message has its time, or is read with a later one
        std::uint8_t awaited = 0;
        bool to_say : 1 = false;   ///< something rose since the last receipt
        bool planned : 1 = false;  ///< a receipt is planned
        bool said : 1 = false;
    };
    struct Question {
        StreamIndex stream;
        std::uint8_t refusals = 0;
        RequestId id = 0;
        ReadMarks least{};
        Time again_at{};  ///< of one that was refused
    };
    Mark& mark(StreamIndex stream) { return marks_[stream.value - host_.slice().first_stream]; }
    [[nodiscard]] DeviceIndex device_of(StreamIndex stream) const {
        return plan_.stream_device[stream.index()];
    }
    [[nodiscard]] const ReadHabit* habit_of(DeviceIndex device) const {
        const auto& read = plan_.habits_of(plan_.user_of(device)).read;
        return read ? &*read : nullptr;
    }
    void await_reading(StreamIndex stream, Seq32 sequence, Time now);
    void something_rose(StreamIndex stream, Time now);
    std::optional<ReadMarks> say_marks(StreamIndex stream, Time now);
    void find_questions(ConversationIndex conversation);
    void ask(Time now);
    std::optional<Question> take_question(DeviceIndex device, RequestId id);

    HabitHost& host_;
    const Plan& plan_;
    std::vector<Mark> marks_;  ///< by stream
    bool auditing_ = false;
    std::deque<Question> waiting_;
    std::vector<Question> asked_, refused_;
};

void Reading::saw(StreamIndex stream, const SeenEntry& entry, Time now) {
    const DeviceIndex device = device_of(stream);
    if (entry.kind != EntryKind::message || habit_of(device) == nullptr || auditing_) return;
    something_rose(stream, now);
    const UserIndex user = plan_.user_of(device);
    if (entry.sender_known && plan_.user_of(entry.sender) == user) return;  // who wrote it knows it
    // One of the user's devices is the one in hand when the message is read.
    const std::uint32_t devices = plan_.devices_of(user);
    const std::uint64_t draw =
        mix64(plan_.seed ^ salt, std::uint64_t{user.value} << 32 | entry.conversation.value, entry.sequence);
    if (devices > 1 && plan_.device_of(user).value + draw % devices != device.value) return;
    const auto sequence = static_cast<Seq32>(entry.sequence);
    if (sequence > mark(stream).given) await_reading(stream, sequence, now);
}

void Reading::await_reading(StreamIndex stream, Seq32 sequence, Time now) {
    Mark& one = mark(stream);
    if (one.awaited == awaited_max) return;
    const UserIndex user = plan_.user_of(device_of(stream));
    Random random(mix64(plan_.seed ^ ~salt,
                        std::uint64_t{user.value} << 32 | plan_.stream_conversation[stream.index()].value,
                        sequence));
    const Duration delay = habit_of(device_of(stream))->delay.draw(random);
    if (!host_.plan_deed(*this, {now + delay, device_of(stream), stream.value, sequence})) return;
    one.given = sequence;
    ++one.awaited;
}

void Reading::something_rose(StreamIndex stream, Time now) {
    Mark& one = mark(stream);
    one.to_say = true;
    if (one.planned || !host_.live(device_of(stream))) return;
    one.planned = host_.plan_deed(*this, {now + say_gap, device_of(stream), stream.value, say_it});
}

void Reading::due(const Deed& deed, Time now) {
    if (deed.b == ask_it) {
        const auto early = std::stable_partition(refused_.begin(), refused_.end(),
                                                 [now](const Question& one) { return one.again_at <= now; });
        waiting_.insert(waiting_.end(), refused_.begin(), early);
        refused_.erase(refused_.begin(), early);
        return ask(now);
    }
    const StreamIndex stream{deed.a};
    Mark& one = mark(stream);
    if (deed.b == say_it) {
        one.planned = false;
        if (one.to_say) say_marks(stream, now);
        return;
    }
    --one.awaited;
    if (auditing_) return;
    one.read = std::max(one.read, static_cast<Seq32>(deed.b));
    something_rose(stream, now);
    // What came while too many were awaited is read as one.
    const auto newest = static_cast<Seq32>(host_.checker().position(stream).sequence);
    if (newest > one.given && one.awaited == 0) await_reading(stream, newest, now);
}

/// What the device holds without a hole is what it has received; nobody reads beyond that.
std::optional<ReadMarks> Reading::say_marks(StreamIndex stream, Time now) {
    Mark& one = mark(stream);
    const Sequence holds = host_.checker().position(stream).sequence;
    const Sequence read = std::min<Sequence>(one.read, holds);
    const ConversationIndex conversation = plan_.stream_conversation[stream.index()];
    if (!host_.say(device_of(stream), Receipt{host_.ready(conversation).id, holds, read}, now))
        return std::nullopt;
    host_.checker().receipts()->said(stream, holds, read, now);
    one.to_say = false;
    one.said = true;
    return ReadMarks{static_cast<Seq32>(holds), static_cast<Seq32>(read)};
}

/// What was said right before the last connection ended may be lost, so all of it is said again.
void Reading::went_live(DeviceIndex device, Time now) {
    host_.checker().receipts()->connected(device);
    if (habit_of(device) == nullptr) return;
    for (std::uint32_t s = plan_.stream_begin[device.index()]; s < plan_.stream_begin[device.index() + 1];
         ++s) {
        const StreamIndex stream{s};
        Mark& one = mark(stream);
        // Where the log began anew, it is read anew.
        const auto holds = static_cast<Seq32>(host_.checker().position(stream).sequence);
        one.read = std::min(one.read, holds);
        one.given = std::min(one.given, holds);
        if (one.said || one.to_say) something_rose(stream, now);
    }
    ask(now);
}

void Reading::lost(DeviceIndex device, Time) {
    for (std::size_t i = asked_.size(); i-- > 0;) {
        if (device_of(asked_[i].stream) != device) continue;
        waiting_.push_back(asked_[i]);
        asked_.erase(asked_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

void Reading::gone(DeviceIndex device) {
    const auto its = [&](const Question& one) { return device_of(one.stream) == device; };
    std::erase_if(waiting_, its);
    std::erase_if(refused_, its);
}

bool Reading::heard(DeviceIndex device, const ServerMessage& message, Time now) {
    ReceiptBook& book = *host_.checker().receipts();
    const auto* const notice = std::get_if<ReceiptNotice>(&message);
    const auto* const counts = std::get_if<ReceiptCounts>(&message);
    if (notice == nullptr && counts == nullptr) return false;
    const auto stream =
        host_.stream_of(device, notice != nullptr ? notice->conversation : counts->conversation);
    if (!stream) {
        book.told_to_stranger(device, now);
    } else if (!host_.live(device)) {
        // Until its resume is answered nobody knows which log this is about.
    } else if (notice != nullptr) {
        book.noticed(*stream, notice->user, notice->delivered, notice->read, now);
    } else {
        book.counted(*stream, *counts, now);
    }
    return true;
}

/// Nothing is read any more; what was read is said, and some ask what the target made of it.
void Reading::audit(std::span<const Sequence>, Time now) {
    auditing_ = true;
    for (std::uint32_t s = host_.slice().first_stream; s < host_.slice().last_stream; ++s)
        if (mark(StreamIndex{s}).to_say) say_marks(StreamIndex{s}, now);
    for (std::uint32_t c = 0; c < plan_.conversations.size(); ++c) find_questions(ConversationIndex{c});
    ask(now);
}

void Reading::find_questions(ConversationIndex conversation) {
    const auto members = plan_.members_of(conversation).first(plan_.online_users_in(conversation));
    if (members.empty()) return;
    const std::size_t first = mix64(plan_.seed ^ salt, conversation.value) % members.size();
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < members.size() && found < askers_max; ++i) {
        const UserIndex user = members[(first + i) % members.size()];
        const StreamIndex stream = *plan_.stream_of(plan_.device_of(user), conversation);
        // Who may be out is refused, and rightly.
        if (!plan_.habits_of(user).read || plan_.churn->churns(stream)) continue;
        ++found;
        if (user.value < host_.slice().first_user || user.value >= host_.slice().last_user) continue;
        if (!mark(stream).said) continue;
        waiting_.push_back({stream});
        host_.checker().receipts()->asked(stream);
    }
}

void Reading::ask(Time now) {
    for (std::size_t left = waiting_.size(); left > 0 && asked_.size() < questions_max; --left) {
        Question one = waiting_.front();
        waiting_.pop_front();
        one.id = host_.request_id(*this);
        const ConversationId& id = host_.ready(plan_.stream_conversation[one.stream.index()]).id;
        // Said right before, on the same connection: this is what the answer must show.
        const auto least = say_marks(one.stream, now);
        if (least && host_.say(device_of(one.stream), ListReceipts{one.id, id}, now)) {
            host_.checker().receipts()->asks(one.stream);
            one.least = *least;
            asked_.push_back(one);
        } else {
            waiting_.push_back(one);  // until its device is back
        }
    }
}

std::optional<Reading::Question> Reading::take_question(DeviceIndex device, RequestId id) {
    const auto found = std::find_if(asked_.begin(), asked_.end(), [&](const Question& one) {
        return one.id == id && device_of(one.stream) == device;
    });
    if (found == asked_.end()) return std::nullopt;
    const Question one = *found;
    asked_.erase(found);
    return one;
}

void Reading::answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) {
    auto one = take_question(device, id);
    if (!one) return host_.count_error("protocol: a list of receipts that was not asked for");
    const ConversationId& asked = host_.ready(plan_.stream_conversation[one->stream.index()]).id;
    if (const auto* list = std::get_if<ReceiptList>(&message);
        list != nullptr && list->conversation == asked) {
        host_.checker().receipts()->listed(one->stream, *list, one->least, now);
    } else if (const auto* rejected = std::get_if<Rejected>(&message)) {
        host_.count_error("receipts: " + std::string(hubbub::name(rejected->code)));
        const bool again = ++one->refusals < refusals_max;
        const Duration hint = std::chrono::milliseconds{rejected->retry_after_ms};
        one->again_at = now + std::max<Duration>(ask_again, hint);
        if (again && host_.plan_deed(*this, {one->again_at, device, one->stream.value, ask_it}))
            refused_.push_back(*one);
    } else {
        host_.count_error("protocol: not the list of receipts that was asked for");
    }
    ask(now);
}

}  // namespace

std::unique_ptr<Habit> make_reading(HabitHost& host) {
    if (host.checker().receipts() == nullptr) return nullptr;
    return std::make_unique<Reading>(host);
}

}  // namespace hubbub
