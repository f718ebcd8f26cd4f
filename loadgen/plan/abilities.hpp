// What a backend can show, as its adapter declares it; what it cannot is "not checked", never "ok".
// A value; any thread.
#pragma once

#include <cstdint>

namespace hubbub {

/// Who besides the other members gets a message: nobody, the sender's other devices, or the sending device
/// too.
enum class Echo : std::uint8_t { none, devices, all };

struct BackendAbilities {
    bool acks = true, sequence = true, history = true, membership = true;
    /// An entry names the sending device and its n, as hubbub's do; else the stamp alone says whose it is.
    bool numbers = true;
    /// Who is there can be watched, and every change is told.
    bool presence = true;
    /// The same send twice is one message: what was not answered may be sent again.
    bool resend = true;
    /// After a lost connection the backend pushes, or pages, what was missed.
    bool resume = true;
    /// It has words for what stands beside messages: replies to and edits of an entry, reactions, typing.
    bool talk = true;
    /// Tells the others how far each member has received and read.
    bool receipts = true;
    Echo echo = Echo::none;

    /// Whether anything tells the sender that a message was taken.
    [[nodiscard]] bool answers_sends() const { return acks || echo == Echo::all; }
};

}  // namespace hubbub
