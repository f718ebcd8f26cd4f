// Reactions to messages that were seen; at the end their lists are read and held against what was answered.
#include <algorithm>
#include <deque>
#include <map>
#include <unordered_set>
#include <vector>

#include "loadgen/habits/slots.hpp"
#include "loadgen/habits/talk.hpp"
#include "loadgen/plan/churn.hpp"
#include "loadgen/plan/replies.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Lists that one worker asks for at once; a list that is refused this often is given up.
constexpr std::size_t lists_at_once = 32;
constexpr std::uint32_t list_refusals_max = 20;
constexpr Duration list_again_after = std::chrono::milliseconds{200};

class Reactions final : public Habit {
  public:
    explicit Reactions(HabitHost& host) : host_(host) {}
    [[nodiscard]] std::string_view name() const override { return "react"; }
    [[nodiscard]] bool watches_entries() const override { return true; }

    void load_begins(std::uint32_t, Time, Duration, Time) override { open_ = true; }
    void settle(Time) override { open_ = false; }
    void heads_known(Time) override { sure_ = false; }

    void saw(StreamIndex stream, const SeenEntry& entry, Time now) override {
        if (!open_ || !is_message_of_the_run(entry) || entry.sequence == 0) return;
        const Plan& plan = host_.plan();
        const DeviceIndex device = plan.stream_device[stream.index()];
        const UserIndex user = plan.user_of(device);
        const auto& habit = plan.habits_of(user).react;
        if (!habit || user == plan.user_of(entry.sender)) return;
        const WrittenMessage message{entry.conversation, entry.sender, entry.stamp.stamp.k};
        Random draw = draws_about(plan, "react", message).child(user.value);
        if (!draw.chance(habit->probability)) return;
        // One device of the user's does it.
        if (plan.device_of(user).value + draw.below(plan.devices_of(user)) != device.value) return;
        const auto body = static_cast<std::uint8_t>(draw.below(reaction_bodies.size()));
        const ReactionPlace place{entry.conversation.value, entry.sequence, body};
        // Shown again, or another message behind the number of one that is gone: counted once by the server.
        const std::uint64_t once = mix64(place.target, std::uint64_t{place.conversation} << 32 | user.value);
        if (!reacted_.insert(once).second) return;
        const std::uint32_t slot = waiting_.put(place);
        if (!host_.plan_deed(*this, {now + habit->delay.draw(draw), device, slot, react_now}))
            waiting_.take(slot);
    }

    void due(const Deed& deed, Time now) override {
        if (deed.b == list_now) {
            list_planned_ = false;
            return ask_lists(now);
        }
        const ReactionPlace place = waiting_.take(deed.a);
        if (!open_ || !host_.live(deed.device)) return;
        const auto stream = host_.plan().stream_of(deed.device, ConversationIndex{place.conversation});
        if (!stream || host_.checker().ended(*stream)) return;  // a stranger by now
        const RequestId id = host_.request_id(*this);
        const ConversationId conversation = host_.ready(ConversationIndex{place.conversation}).id;
        if (!host_.say(deed.device, React{id, conversation, place.target, reaction_bodies[place.body], true},
                       now))
            return;
        asked_.emplace(id, Asked{deed.device, place});
        ++host_.checker().talk().reactions[place].unknown;
        host_.checker().reacted(host_.plan().user_of(deed.device), place);
    }

    bool heard(DeviceIndex device, const ServerMessage& message, Time now) override {
        if (const auto* const notice = std::get_if<ReactionNotice>(&message)) {
            const auto conversation = host_.conversation_of(notice->conversation);
            const auto user = host_.plan().user_from(notice->user);
            if (host_.checker().heard_about(device, conversation, user, now))
                host_.checker().reaction_heard(
                    device, *user, {conversation->value, notice->target, reaction_index(notice->body)},
                    notice->set, now);
            return true;
        }
        if (const auto* const counts = std::get_if<ReactionCounts>(&message)) {
            const auto conversation = host_.conversation_of(counts->conversation);
            if (!host_.checker().heard_in(device, conversation, now)) return true;
            for (const ListedReaction& item : counts->items)
                host_.checker().reactions_counted(
                    device, {conversation->value, item.target, reaction_index(item.body)}, item.count, now);
            return true;
        }
        return false;
    }

    void answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) override {
        if (const auto asked = asked_.find(id); asked != asked_.end()) {
            TalkBook::Made& made = host_.checker().talk().reactions[asked->second.place];
            const auto* const rejected = std::get_if<Rejected>(&message);
            if (rejected != nullptr) host_.count_error("react: " + std::string(hubbub::name(rejected->code)));
            const bool surely_not = rejected != nullptr && traits(rejected->code).definite;
            // What is answered once the others may read the lists is perhaps not in them.
            const bool surely = rejected == nullptr && sure_;
            if (surely || surely_not) --made.unknown;
            if (surely) ++made.acked;
            asked_.erase(asked);
            return;
        }
        const auto asked = listing_.find(id);
        if (asked == listing_.end()) return;
        const ListJob job = asked->second;
        listing_.erase(asked);
        if (const auto* const list = std::get_if<ReactionList>(&message))
            take_list(job, *list, now);
        else
            list_refused(job, device, message, now);
        ask_lists(now);
    }

    void lost(DeviceIndex device, Time now) override {
        std::erase_if(asked_, [&](const auto& one) { return one.second.device == device; });
        std::erase_if(listing_, [&](const auto& one) {
            if (one.second.device != device) return false;
            jobs_.push_back(one.second);
            return true;
        });
        if (!jobs_.empty()) ask_later(now + list_again_after);
    }

    /// Each conversation with traffic is read by one online member, chosen by hash: every worker may have
    /// reacted in it.
    void audit(std::span<const Sequence> heads, Time now) override {
        const Plan& plan = host_.plan();
        const Slice& slice = host_.slice();
        for (std::uint32_t c = 0; c < heads.size(); ++c) {
            const ConversationIndex conversation{c};
            const Sequence base = host_.ready(conversation).head;
            const std::uint32_t readers = plan.online_users_in(conversation);
            if (heads[c] <= base || readers == 0) continue;
            const auto members = plan.members_of(conversation);
            UserIndex user = members[mix64(plan.seed, 0x7265616374ULL, c) % readers];
            // Who came and went does not see all of it; the first one stays.
            if (plan.churn->churns(*plan.stream_of(plan.device_of(user), conversation)))
                user = members.front();
            if (user.value < slice.first_user || user.value >= slice.last_user) continue;
            jobs_.push_back({plan.device_of(user), conversation, base + 1, 0});
            host_.checker().talk().listings.try_emplace(c);
        }
        ask_lists(now);
    }
    [[nodiscard]] std::size_t pending() const override { return jobs_.size() + listing_.size(); }

  private:
    static constexpr std::uint64_t react_now = 0, list_now = 1;  ///< Deed::b
    struct Asked {
        DeviceIndex device;
        ReactionPlace place;
    };
    struct ListJob {
        DeviceIndex device;
        ConversationIndex conversation;
        Sequence from = 1;
        std::uint32_t refusals = 0;
    };

    void ask_lists(Time now) {
        // Whoever is not back yet is asked later; the others go on.
        for (std::size_t left = jobs_.size(); left > 0 && listing_.size() < lists_at_once; --left) {
            const ListJob job = jobs_.front();
            jobs_.pop_front();
            const RequestId id = host_.request_id(*this);
            const ConversationId conversation = host_.ready(job.conversation).id;
            if (host_.say(job.device, ListReactions{id, conversation, job.from, UINT32_MAX}, now))
                listing_.emplace(id, job);
            else
                jobs_.push_back(job);
        }
        if (!jobs_.empty() && listing_.empty()) ask_later(now + list_again_after);
    }
    void ask_later(Time at) {
        if (list_planned_) return;
        list_planned_ = host_.plan_deed(*this, {at, DeviceIndex{host_.slice().first_device}, 0, list_now});
    }

    /// A full page may end within an entry: that one is asked for again.
    void take_list(ListJob job, const ReactionList& list, Time) {
        TalkBook::Listing& listing = host_.checker().talk().listings[job.conversation.value];
        const bool full = list.items.size() >= limits::listed_reactions_max;
        const Sequence last = full ? list.items.back().target : 0;
        for (const ListedReaction& item : list.items)
            if (item.target != last || !full)
                listing.counts[{job.conversation.value, item.target, reaction_index(item.body)}] +=
                    item.count;
        if (full && last > job.from) {
            job.from = last;
            jobs_.push_back(job);
        } else {
            listing.complete = !full;
        }
    }

    void list_refused(ListJob job, DeviceIndex, const ServerMessage& message, Time now) {
        const auto* const rejected = std::get_if<Rejected>(&message);
        if (rejected == nullptr) return host_.count_error("reactions: an answer of another kind");
        host_.count_error("reactions: " + std::string(hubbub::name(rejected->code)));
        if (++job.refusals >= list_refusals_max) return;
        jobs_.push_back(job);
        ask_later(now +
                  std::max<Duration>(list_again_after, std::chrono::milliseconds{rejected->retry_after_ms}));
    }

    HabitHost& host_;
    bool open_ = false, list_planned_ = false;
    bool sure_ = true;                           ///< an answer now came before any list was asked for
    std::unordered_set<std::uint64_t> reacted_;  ///< by hash of (user, entry); never walked
    Slots<ReactionPlace> waiting_;
    std::map<RequestId, Asked> asked_;
    std::deque<ListJob> jobs_;
    std::map<RequestId, ListJob> listing_;
};

}  // namespace

std::unique_ptr<Habit> make_react_habit(HabitHost& host) {
    if (!host.abilities().talk || !anybody_has(host.plan(), &Habits::react)) return nullptr;
    return std::make_unique<Reactions>(host);
}

}  // namespace hubbub
