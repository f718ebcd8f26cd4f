// The inside of a worker: what its files share. worker.cpp leads, connecting.cpp brings clients up and back,
// client_alarms.cpp does what is due,
// receiving.cpp takes what the target says, sending.cpp plays the arrivals, drain.cpp repairs and audits.
// Owned by one Worker; its thread only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "loadgen/client/audit_queue.hpp"
#include "loadgen/client/conversation_table.hpp"
#include "loadgen/client/error_groups.hpp"
#include "loadgen/client/fault_timeline.hpp"
#include "loadgen/client/frame_cache.hpp"
#include "loadgen/client/habit_set.hpp"
#include "loadgen/client/send_table.hpp"
#include "loadgen/client/storm_watch.hpp"
#include "loadgen/client/token_expiry.hpp"
#include "loadgen/client/virtual_client.hpp"
#include "loadgen/client/wire.hpp"
#include "loadgen/client/worker.hpp"

namespace hubbub {

/// What an alarm of the worker's wheel is for.
enum class WorkerAlarm : std::uint32_t { client_action, client_patience, arrival, deed };

struct Worker::Impl final : LinkOwner {
    Impl(const Plan& the_plan, Slice the_slice, RunKey key, Links& the_links,
         std::unique_ptr<Adapter> the_adapter, WorkerOptions the_options);

    // ---- worker.cpp: names, alarms, accounting
    void turn(Time now) override;
    [[nodiscard]] Time next_deadline() const override { return wheel.next_deadline(); }
    /// What the carrier speaks to: the faults, where there are some.
    [[nodiscard]] LinkOwner& entrance() { return faults ? static_cast<LinkOwner&>(*faults) : *this; }
    void fire(Alarm& alarm, Time now);
    [[nodiscard]] std::uint32_t index_of(const VirtualClient& client) const {
        return static_cast<std::uint32_t>(&client - clients.data());
    }
    [[nodiscard]] DeviceIndex device_of(const VirtualClient& client) const {
        return DeviceIndex{slice.first_device + index_of(client)};
    }
    [[nodiscard]] VirtualClient* client_of(LinkId link);
    [[nodiscard]] VirtualClient& client_of(StreamIndex stream) {
        return clients[plan.stream_device[stream.value].value - slice.first_device];
    }
    [[nodiscard]] const ReadyConversation& ready_of(StreamIndex stream) const {
        return (*ready)[plan.stream_conversation[stream.value].value];
    }
    [[nodiscard]] Speaker speaker(VirtualClient& client) {
        return {plan, run, device_of(client), {}, client.memory};
    }
    Spoken say(VirtualClient& client, const ClientMessage& message, Time now);
    void obey_conversations(const command::Conversations& command);

    // ---- connecting.cpp
    void begin_opening(Time start);
    void dial(VirtualClient& client, Time now);
    void opened(LinkId link, std::uint64_t token, Time now) override;
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time now) override;
    void closed(LinkId link, LinkEnd why, Time now) override;
    void welcomed(VirtualClient& client, const Welcome& welcome, Time now);
    void ask_to_resume(VirtualClient& client, Time now);
    void resumed(VirtualClient& client, const Resumed& answer, Time now);
    /// On this connection: before it the stream has no place yet for what comes.
    [[nodiscard]] bool resumed_already(const VirtualClient& client, StreamIndex stream) const;
    void resumed_stream(VirtualClient& client, StreamIndex stream, const Position& asked,
                        const ResumedPosition& answer, Time now);
    /// What an answer announces comes as entries, or is to be paged.
    void follow(VirtualClient& client, StreamIndex stream, const ResumedPosition& answer, Time now);
    /// The backend gives no answer to joins: takes every position as granted where it was asked for.
    void grant(VirtualClient& client, Time now);
    void go_live(VirtualClient& client, Time now);
    /// The link is of no use any more: forgets it, and comes back later or not.
    void lose(VirtualClient& client, const std::string& why, bool come_back, Time now);
    /// The same, and the worker ends the link itself. 0: at once, without a close frame.
    void break_off(VirtualClient& client, const std::string& why, std::uint16_t close_code, Time now);
    void give_up(VirtualClient& client);
    /// Ends a live session that nothing is missing in, for a while.
    void part(VirtualClient& client, Time now);
    /// Whose last link it was, if its user closed it and it was not opened since.
    [[nodiscard]] std::optional<DeviceIndex> parted_from(LinkId link) const;
    /// Nothing that was announced to it, or is to be paged, is missing any more.
    void look_whether_caught_up(VirtualClient& client, Time now);

    // ---- client_alarms.cpp
    void act(VirtualClient& client, Time now);                  ///< the action alarm fired
    void run_out_of_patience(VirtualClient& client, Time now);  ///< the patience alarm fired
    void watch(VirtualClient& client, Time now);                ///< something outstanding began
    void arm_action(VirtualClient& client);                     ///< of a linked client
    /// never: this client shows no life by itself.
    [[nodiscard]] static Time beat_due(const VirtualClient& client);
    /// Of the token that the client's session lives by.
    [[nodiscard]] Time renewal_of(const VirtualClient& client) const;
    void renew_token(VirtualClient& client, Time now);
    /// When renewals are due has changed.
    void look_at_renewals();

    // ---- receiving.cpp
    void received(LinkId link, std::span<char> bytes, Time now) override;
    void take_event(VirtualClient& client, const websocket::Event& event, Time now);
    void take_close(VirtualClient& client, const websocket::Event& event, Time now);
    void take_message(VirtualClient& client, std::string_view payload, Time now);
    /// What is neither of the log nor of the session. False: nobody asked for it.
    bool take_answer(VirtualClient& client, const ServerMessage& message, Time now);
    bool take_skipped(VirtualClient& client, const Skipped& skipped, Time now);
    void take_rejected(VirtualClient& client, const Rejected& rejected, Time now);
    void take_entry(VirtualClient& client, const CachedEntry& cached, Time now);
    [[nodiscard]] CachedEntry examined(const Entry& entry) const;
    /// An own send that shows itself in a log: stands for its ack.
    void take_own(VirtualClient& client, StreamIndex stream, const SeenEntry& entry, Time now);
    [[nodiscard]] std::optional<StreamIndex> stream_of(const VirtualClient& client,
                                                       const ConversationId& conversation) const;

    // ---- sending.cpp
    void begin_arrivals(std::uint32_t phase, Time start);
    void play_arrivals(Time now);
    void end_arrivals(Time now);
    void fall_due(const Arrival& arrival, Time now);
    /// What was intended leaves now, or waits.
    void queue(StreamIndex stream, LedgerRow row, std::uint32_t body_bytes, Time intended, Time now);
    bool send_next(VirtualClient& client, StreamIndex stream, Time now);
    bool transmit(VirtualClient& client, StreamIndex stream, Time now);
    /// Of the sends that a limit holds back: the one that was intended first, when its time has come.
    void send_paced(VirtualClient& client, Time now);
    void send_all(VirtualClient& client, Time now);
    void send_stream(VirtualClient& client, StreamIndex stream, Time now);
    void acked(VirtualClient& client, const Ack& ack, Time now);
    /// An own send is known to be in the log; `sequence` 0: nobody knows where.
    void taken(VirtualClient& client, StreamIndex stream, const SendTable::Answered& answered,
               Sequence sequence, bool out_of_place, Time now);
    void send_refused(VirtualClient& client, const Rejected& rejected, Time now);
    void pause(VirtualClient& client, std::uint32_t retry_after_ms, Time now);
    /// A limit was met: from now on the stream's sends wait for their turn.
    void slow_down(VirtualClient& client, StreamIndex stream, Time now);
    void go_on(VirtualClient& client, Time now);

    // ---- habit_host.cpp: what habits may do
    class Host final : public HabitHost {
      public:
        explicit Host(Impl& worker) : worker_(worker) {}
        [[nodiscard]] const Plan& plan() const override { return worker_.plan; }
        [[nodiscard]] const Slice& slice() const override { return worker_.slice; }
        [[nodiscard]] const BackendAbilities& abilities() const override { return worker_.abilities; }
        [[nodiscard]] Checker& checker() override { return worker_.checker; }
        [[nodiscard]] bool live(DeviceIndex device) const override;
        [[nodiscard]] const ReadyConversation& ready(ConversationIndex conversation) const override;
        [[nodiscard]] std::optional<ConversationIndex> conversation_of(
            const ConversationId& id) const override;
        [[nodiscard]] std::optional<StreamIndex> stream_of(DeviceIndex device,
                                                           const ConversationId& id) const override;
        bool say(DeviceIndex device, const ClientMessage& message, Time now) override;
        bool part(DeviceIndex device, Time now) override;
        [[nodiscard]] bool parted(DeviceIndex device) const override;
        void open(DeviceIndex device, Time now) override;
        void send(StreamIndex stream, const SendAbout& about, std::uint32_t body_bytes, Time intended,
                  Time now) override;
        void ping(DeviceIndex device, std::uint64_t word, Time now) override;
        [[nodiscard]] Time last_said(DeviceIndex device) const override;
        [[nodiscard]] Duration beat(DeviceIndex device) const override;
        [[nodiscard]] RequestId request_id(const Habit& habit) override;
        bool plan_deed(Habit& habit, const Deed& deed) override;
        void count_error(std::string_view what) override;

      private:
        [[nodiscard]] VirtualClient& client_of(DeviceIndex device) const {
            return worker_.clients[device.value - worker_.slice.first_device];
        }

        Impl& worker_;
    };

    // ---- drain.cpp
    void repair(VirtualClient& client, StreamIndex stream, Sequence last, Time now);
    void ask_repair(VirtualClient& client, Time now);
    void take_page(VirtualClient& client, const HistoryPage& page, Time now);
    void take_repair_page(VirtualClient& client, const HistoryPage& page, Time now);
    /// An entry of another conversation than the one that was asked about.
    void foreign_in_page(const VirtualClient& client, const CachedEntry& seen, Time now);
    void end_repair(VirtualClient& client, Time now);
    void take_audit_page(VirtualClient& client, Errands::Audit audit, const HistoryPage& page, Time now);
    void request_refused(VirtualClient& client, const Rejected& rejected, Time now);
    void repair_all(Time now);
    void audit_all(Time now);
    void ask_audits(Time now);
    void ask_audit_page(std::uint32_t job, Time now);
    void finish(Time now);

    const Plan& plan;
    const Slice slice;
    const std::uint32_t run;
    std::unique_ptr<FaultTimeline> faults;  ///< null: nothing goes wrong on connections
    Links& links;
    std::unique_ptr<Adapter> adapter;
    const BackendAbilities abilities;
    const WorkerOptions options;
    Checker checker;
    Wire wire;
    TimerWheel wheel;
    std::vector<VirtualClient> clients;         ///< by device, from slice.first_device
    std::vector<std::uint32_t> client_by_slot;  ///< by the link's slot
    ConversationTable conversations;
    std::shared_ptr<const std::vector<ReadyConversation>> ready;
    std::shared_ptr<const std::vector<Sequence>> heads;
    SendTable sends;
    FrameCache frames;
    AuditQueue audits;
    StormWatch storms;
    TokenExpiry expiry;

    // the load phase under way
    std::optional<Arrivals> arrivals;
    std::optional<Arrival> next_arrival;
    Alarm arrival_alarm;

    Host host{*this};
    HabitSet habits{host};
    Alarm deed_alarm;
    std::uint32_t phase = 0;
    Time phase_start{};

    RequestId last_request = 0;
    std::uint32_t dials_left = 0;  ///< in this turn
    bool finished = false;
    WorkerStatus counted;  ///< kept up to date, except what other parts count themselves
    Histogram schedule_lag, connect_latency, reconnect_latency;
    ErrorGroups errors;
    std::string body;
};

}  // namespace hubbub
