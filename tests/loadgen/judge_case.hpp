// Single stories, each told event by event, for what whole histories meet rarely or never: three members,
// their four first numbers, and what the judge said as one line. One test; one thread.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "hand_history.hpp"

namespace hubbub::test {

/// Two workers share the members.
class JudgeCase : public testing::Test {
  protected:
    DeviceIndex a() { return h.members[0]; }
    DeviceIndex b() { return h.members[1]; }
    DeviceIndex c() { return h.members[2]; }
    HandHistory h{2};
};

namespace judge_case {

using test::HandHistory;
using Message = HandHistory::Message;

constexpr Sequence q1 = HandHistory::base + 1, q2 = q1 + 1, q3 = q1 + 2, q4 = q1 + 3;

/// "lost=1 resume=2 ": every counter that is not 0.
inline std::string accused(const Judgement& judgement) {
    std::string out;
    for (const auto& [name, count] : by_name(judgement.violations))
        if (count > 0) out += name + "=" + std::to_string(count) + " ";
    return out;
}

}  // namespace judge_case
}  // namespace hubbub::test
