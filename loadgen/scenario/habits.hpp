// What users do besides sending: the values of a behavior's other keys. Habits that nobody wrote are absent.
// Values; immutable after load.
#pragma once

#include <cstdint>
#include <optional>

#include "base/random.hpp"
#include "base/time.hpp"

namespace hubbub {

/// How long somebody waits: always `median`, or lognormal through median and p99 when p99 is above it.
struct Delay {
    Duration median{}, p99{};

    /// The mean, for predictions.
    [[nodiscard]] Duration mean() const;
    [[nodiscard]] Duration draw(Random& random) const;
    friend bool operator==(const Delay&, const Delay&) = default;
};

struct ReplyHabit {
    double probability = 0;  ///< once per message, by one of its recipients
    Delay delay{};
    double thread = 1;  ///< share of the replies that hang on their message as a thread
};
struct EditHabit {
    double probability = 0;  ///< of the own messages
    Delay delay{};
    double erase = 0;  ///< share of these that take the message back instead
};
struct ReactHabit {
    double probability = 0;  ///< per message and recipient
    Delay delay{};
};
struct ReadHabit {
    Delay delay{};
};
struct TypingHabit {
    Duration before_send{};
};
struct PresenceHabit {
    std::uint32_t watch = 0;  ///< other users whose presence is watched
    double toggle = 0;        ///< per second: away or invisible, and back
};
struct HistoryHabit {
    std::uint32_t on_open = 0;  ///< newest entries read of a conversation when it is opened
    std::uint32_t page = 50;
    Duration every{};  ///< 0: once a connection
};
struct SessionHabit {
    Delay online{}, offline{};
};
struct MembershipHabit {
    double churn = 0;  ///< share of the memberships that end, per second
    Delay away{};      ///< until such a one begins again
};

/// All of one behavior, or of one user.
struct Habits {
    std::optional<ReplyHabit> reply;
    std::optional<EditHabit> edit;
    std::optional<ReactHabit> react;
    std::optional<ReadHabit> read;
    std::optional<TypingHabit> typing;
    std::optional<Duration> heartbeat;
    std::optional<PresenceHabit> presence;
    std::optional<HistoryHabit> history;
    std::optional<SessionHabit> session;
    std::optional<MembershipHabit> membership;

    /// What this one does not say, the other does.
    void complete_by(const Habits& other);
};

}  // namespace hubbub
