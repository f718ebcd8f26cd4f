// Who answers a message, and how much the answers add to the load: both follow from plan and seed alone, so
// that all workers know it without talking. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// A message as its stamp names it.
struct WrittenMessage {
    ConversationIndex conversation;
    DeviceIndex device;
    std::uint32_t k = 0;
};

/// The whole of a message's draws: equal for everybody who sees it.
[[nodiscard]] Random draws_about(const Plan& plan, std::string_view what, const WrittenMessage& message);

/// What one user does about a message that reached the device.
struct Answer {
    DeviceIndex device;  ///< one of the user's
    Duration delay{};    ///< from the moment that this device saw the message
    bool thread = false;
    std::uint32_t body_bytes = 0;
};
/// The user's answer; nothing when the user is not the one who answers. Of all online members of the
/// conversation at most one is.
[[nodiscard]] std::optional<Answer> answer_of(const Plan& plan, UserIndex user,
                                              const WrittenMessage& message);

/// As long as what the user sends, or 120 bytes where the user sends nothing.
[[nodiscard]] std::uint32_t body_bytes_of(const Plan& plan, UserIndex user, Random& draw);

struct Branching {
    /// Answers that a message brings about from one generation to the next: the largest eigenvalue of who
    /// answers whom. At 1 they would never end.
    double ratio = 0;
    double answers = 0;  ///< all that follow a message of the load, answers to answers included; the mean
};
[[nodiscard]] Branching branching(const Plan& plan, ConversationIndex conversation);

/// At nine answers in all to a message the scenario's rates mean nothing any more.
inline constexpr double branching_max = 0.9;
/// Appends a message where the answers would take over.
void check_replies(const Plan& plan, std::vector<std::string>& errors);

}  // namespace hubbub
