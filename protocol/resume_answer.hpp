// What an answer to a resume says beyond its fields.
// Pure; any thread.
#pragma once

#include "protocol/messages.hpp"

namespace hubbub {

/// The log is another one than the client knows: it forgets what it has, and the answer starts at the
/// member's first entry. A reset, or a `too_old` that is a reset too long to be pushed.
[[nodiscard]] inline bool begins_anew(const Position& asked, const ResumedPosition& answer) {
    const bool known = answer.epoch == asked.epoch && asked.sequence <= answer.head;
    return answer.status == ResumeStatus::reset || (answer.status == ResumeStatus::too_old && !known);
}

}  // namespace hubbub
