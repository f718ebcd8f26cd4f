// Sends that a habit has decided upon and that fall due after a while: replies, edits. Owned by one habit;
// its worker's thread only.
#pragma once

#include "loadgen/habits/habit.hpp"
#include "loadgen/habits/slots.hpp"

namespace hubbub {

class LaterSends {
  public:
    LaterSends(HabitHost& host, Habit& habit) : host_(host), habit_(habit) {}

    /// In the device's conversation `stream`, at that time. Left out (and counted by the host) where too many
    /// deeds wait.
    void plan(StreamIndex stream, const SendAbout& about, std::uint32_t body_bytes, Time at) {
        const std::uint32_t slot = waiting_.put({stream, about, body_bytes});
        const DeviceIndex device = host_.plan().stream_device[stream.index()];
        if (!host_.plan_deed(habit_, {at, device, slot, 0})) waiting_.take(slot);
    }

    /// The habit's due(). `open`: the load goes on.
    void due(const Deed& deed, bool open, Time now) {
        // Who closed the app meanwhile does it when back.
        if (open && host_.parted(deed.device)) {
            if (!host_.plan_deed(habit_, {now + look_again, deed.device, deed.a, 0})) waiting_.take(deed.a);
            return;
        }
        const Waiting send = waiting_.take(deed.a);
        // Whose membership ended meanwhile has nothing more to say there.
        if (open && !host_.checker().ended(send.stream))
            host_.send(send.stream, send.about, send.body_bytes, deed.at, now);
    }

  private:
    static constexpr Duration look_again = std::chrono::seconds{1};
    struct Waiting {
        StreamIndex stream;
        SendAbout about;
        std::uint32_t body_bytes = 0;
    };

    HabitHost& host_;
    Habit& habit_;
    Slots<Waiting> waiting_;
};

}  // namespace hubbub
