// What users do about messages: the habits of one conversation's talk, for the list in habits.cpp.
// Constructors; any thread.
#pragma once

#include "loadgen/habits/habit.hpp"

namespace hubbub {

std::unique_ptr<Habit> make_reply_habit(HabitHost& host);
std::unique_ptr<Habit> make_typing_habit(HabitHost& host);
std::unique_ptr<Habit> make_react_habit(HabitHost& host);
std::unique_ptr<Habit> make_edit_habit(HabitHost& host);

/// A message that a user of the run wrote, as it was written; edits are none, nor is what was altered.
inline bool is_message_of_the_run(const SeenEntry& entry) {
    const StampReading& stamp = entry.stamp;
    return entry.kind == EntryKind::message && stamp.state == StampState::valid && entry.sender_known &&
           entry.sender == stamp.stamp.device && stamp.stamp.conversation == entry.conversation &&
           (entry.op == SendOp::text || entry.op == SendOp::reply);
}

}  // namespace hubbub
