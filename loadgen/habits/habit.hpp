// What users do besides sending: the seam between the worker and one habit. A new habit is a file in habits/
// and a line in habits.cpp. Owned by one worker core; its thread only; no IO, no clock.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "loadgen/adapters/adapter.hpp"
#include "loadgen/check/checker.hpp"
#include "loadgen/plan/plan.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

class Habit;

/// Something that one device will do at its time.
struct Deed {
    Time at{};
    DeviceIndex device;  ///< one of this worker's
    std::uint32_t a = 0;
    std::uint64_t b = 0;  ///< a and b: whatever the habit needs to know then
};

/// What a habit may do. All times are the turn's.
class HabitHost {
  public:
    virtual ~HabitHost() = default;
    [[nodiscard]] virtual const Plan& plan() const = 0;
    [[nodiscard]] virtual const Slice& slice() const = 0;  ///< the devices it acts for
    [[nodiscard]] virtual const BackendAbilities& abilities() const = 0;
    [[nodiscard]] virtual Checker& checker() = 0;
    [[nodiscard]] virtual bool live(DeviceIndex device) const = 0;
    [[nodiscard]] virtual const ReadyConversation& ready(ConversationIndex conversation) const = 0;
    /// Nothing: an id that the run does not know.
    [[nodiscard]] virtual std::optional<ConversationIndex> conversation_of(
        const ConversationId& conversation) const = 0;
    /// The stream of one of this worker's devices in the conversation that the target calls so.
    [[nodiscard]] virtual std::optional<StreamIndex> stream_of(DeviceIndex device,
                                                               const ConversationId& conversation) const = 0;
    /// Says it if the device is live; what is said to a dead link is not kept. False: it is not live.
    virtual bool say(DeviceIndex device, const ClientMessage& message, Time now) = 0;
    /// Closes the device's session as a user does who leaves the app. False: something of it is under way, or
    /// it is not live; nothing is done then.
    virtual bool part(DeviceIndex device, Time now) = 0;
    /// The device parted and was not opened since.
    [[nodiscard]] virtual bool parted(DeviceIndex device) const = 0;
    /// Opens a session again; nothing for a device that did not part.
    virtual void open(DeviceIndex device, Time now) = 0;
    /// A send besides the plan's load, due at `intended`: a row of the ledger like any other. It waits where
    /// the device cannot send now.
    virtual void send(StreamIndex stream, const SendAbout& about, std::uint32_t body_bytes, Time intended,
                      Time now) = 0;
    /// A WebSocket ping with this word; a sign of life like any frame, whose pong comes to ponged(). Nothing
    /// if the device is not live.
    virtual void ping(DeviceIndex device, std::uint64_t word, Time now) = 0;
    /// When the device's last frame was handed to its link.
    [[nodiscard]] virtual Time last_said(DeviceIndex device) const = 0;
    /// How often the device shows life when it has nothing else to say; zero: never.
    [[nodiscard]] virtual Duration beat(DeviceIndex device) const = 0;
    /// An id for a request of this habit's: its answer comes to answered().
    [[nodiscard]] virtual RequestId request_id(const Habit& habit) = 0;
    /// Calls habit.due() then. False: too many wait (limits::deeds_max); counted, and not done.
    virtual bool plan_deed(Habit& habit, const Deed& deed) = 0;
    /// Groups of errors for the report: "presence: refused".
    virtual void count_error(std::string_view what) = 0;
};

/// One habit of all of a worker's users. Draws are hashes of (seed, name, who, which), never of an order, so
/// that the number of workers changes nothing.
class Habit {
  public:
    virtual ~Habit() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// A load phase begins, from `start` on for `length`.
    virtual void load_begins(std::uint32_t /*phase*/, Time /*start*/, Duration /*length*/, Time /*now*/) {}
    /// The load is over: nothing new is begun, what is under way goes on.
    virtual void settle(Time /*now*/) {}
    /// Every worker's load is over and answered, as far as it will be: from here on answers may cross with
    /// what others read in the audit.
    virtual void heads_known(Time /*now*/) {}
    /// A hello was said on a new link; it may never go live.
    virtual void greeted(DeviceIndex, Time /*now*/) {}
    virtual void welcomed(DeviceIndex, const Welcome&, Time /*now*/) {}
    virtual void went_live(DeviceIndex, Time /*now*/) {}
    /// The link of a device that parted has ended in order: its farewell arrived.
    virtual void farewell_heard(DeviceIndex, Time /*now*/) {}
    virtual void ponged(DeviceIndex, std::uint64_t /*word*/, Time /*now*/) {}
    /// Its connection is gone: what was asked and not answered stays unknown.
    virtual void lost(DeviceIndex, Time /*now*/) {}
    /// Everything that was owed has arrived, or will not: what the target keeps may be read and held against
    /// what was answered. `heads`: of all workers, by ConversationIndex.
    virtual void audit(std::span<const Sequence> /*heads*/, Time /*now*/) {}
    /// What of that is still to be answered; the run waits for it.
    [[nodiscard]] virtual std::size_t pending() const { return 0; }
    /// It will not come back.
    virtual void gone(DeviceIndex) {}
    /// The worker's devices are at an end; nothing is said any more.
    virtual void finish(Time /*now*/) {}
    /// An own send is in the log. `sequence` 0: nobody knows where.
    virtual void taken(StreamIndex, LedgerRow, Sequence, Time /*now*/) {}
    /// An entry reached the stream, live, by catch-up or by a page. It may come twice.
    virtual void saw(StreamIndex, const SeenEntry&, Time /*now*/) {}
    /// Whether saw() is to be called: it costs every delivery a little.
    [[nodiscard]] virtual bool watches_entries() const { return false; }
    /// What the target said and neither sends nor resumes need. False: it is not of this habit.
    virtual bool heard(DeviceIndex, const ServerMessage&, Time /*now*/) { return false; }
    /// The answer to a request with this habit's id: its list, Done, or Rejected.
    virtual void answered(DeviceIndex, RequestId, const ServerMessage&, Time /*now*/) {}
    virtual void due(const Deed&, Time /*now*/) {}
};

/// The habits that the plan's users have and the backend can take part in; none for a scenario without.
std::vector<std::unique_ptr<Habit>> make_habits(HabitHost& host);

/// Every habit that is built: null when nobody of the plan has it.
using MakeHabit = std::unique_ptr<Habit> (*)(HabitHost&);

/// Whether any online user has it: `&Habits::read`.
template <class Member>
bool anybody_has(const Plan& plan, Member member) {
    for (const Habits& habits : plan.habits)
        if ((habits.*member).has_value()) return true;
    return false;
}

}  // namespace hubbub
