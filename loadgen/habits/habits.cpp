// The list of habits. A new one is a file in habits/ and a line here.
#include <array>

#include "loadgen/habits/habit.hpp"
#include "loadgen/habits/talk.hpp"

namespace hubbub {

// Each in the file of its name.
std::unique_ptr<Habit> make_sessions(HabitHost& host);
std::unique_ptr<Habit> make_history(HabitHost& host);
std::unique_ptr<Habit> make_membership(HabitHost& host);
std::unique_ptr<Habit> make_presences(HabitHost& host);
std::unique_ptr<Habit> make_reading(HabitHost& host);

namespace {

constexpr auto makers = std::to_array<MakeHabit>({
    make_sessions,
    make_history,
    make_membership,
    make_reply_habit,
    make_edit_habit,
    make_typing_habit,
    make_react_habit,
    make_presences,
    make_reading,
});

}  // namespace

std::vector<std::unique_ptr<Habit>> make_habits(HabitHost& host) {
    std::vector<std::unique_ptr<Habit>> habits;
    for (const MakeHabit make : makers)
        if (auto habit = make(host)) habits.push_back(std::move(habit));
    return habits;
}

}  // namespace hubbub
