// The screen of a terminal while a run goes on.
#include <gmock/gmock.h>

#include <algorithm>
#include <regex>

#include "loadgen/report/live_figures.hpp"

namespace hubbub {
namespace {

using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

LiveFigures busy() {
    LiveFigures f;
    f.scenario = "demo";
    f.phase = "steady";
    f.elapsed = 12.3;
    f.phases = {{"connect", 1, true, true}, {"steady", 0.5, true, false}, {"drain", -1, false, false}};
    f.users = 2000;
    f.online = 1998;
    f.sent = 12'345;
    f.acked = 12'340;
    f.sent_per_second = 803.4;
    f.delivered = 100'000;
    f.delivered_per_second = 9'000;
    f.p50 = 0.0017;
    f.p99 = 0.042;
    f.schedule_lag_p99 = 0.0004;
    f.cpu = 0.147;
    return f;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

std::size_t columns_of(const std::string& line) {
    const std::string bare = std::regex_replace(line, std::regex("\033\\[[0-9;]*m"), "");
    return static_cast<std::size_t>(
        std::count_if(bare.begin(), bare.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

TEST(LiveScreen, ShowsWhatAPersonWatches) {
    const std::string screen = joined(live_screen(busy(), 100, false));
    for (const char* const part :
         {"demo  steady, 12 s", "1,998 of 2,000 online", "12,345 (803/s), 12,340 acknowledged",
          "100,000 (9,000/s), P50 1.7 ms, P99 42.0 ms", "none so far", "none now",
          "schedule lag P99 400 us, CPU 15 %"})
        EXPECT_THAT(screen, HasSubstr(part));
    EXPECT_THAT(screen, HasSubstr("connect     ━━━━━━━━━━━━━━━━━━━━━━━━ done"));
    EXPECT_THAT(screen, HasSubstr("steady      ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌ 50 %"));
    EXPECT_THAT(screen, HasSubstr("drain       ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌"));
}

TEST(LiveScreen, NamesViolationsAndTheFaultsThatAct) {
    LiveFigures f = busy();
    f.violations = 7;
    f.violation_kinds = {{"duplicate", 3}, {"order", 4}};
    f.faults = {{"kill", 3}, {"reset", 1, 2}, {"latency", 5}};
    const std::string screen = joined(live_screen(f, 100, false));
    EXPECT_THAT(screen, HasSubstr("violations  7  duplicate 3  order 4"));
    EXPECT_THAT(screen, HasSubstr("faults      kill, latency"));
}

TEST(LiveScreen, NoLineIsLongerThanTheTerminal) {
    LiveFigures f = busy();
    f.scenario = std::string(300, 'x');
    f.violations = 1;
    for (int i = 0; i < 20; ++i) f.violation_kinds.emplace_back("disagreement", 1'000'000);
    f.faults = {{std::string(200, 'f'), 1}};
    for (const bool colour : {false, true})
        for (const std::size_t columns : {20U, 40U, 80U, 200U})
            for (const std::string& line : live_screen(f, columns, colour))
                EXPECT_LE(columns_of(line), columns) << line;
}

TEST(LiveScreen, KeepsItsShapeWhileFiguresMove) {
    LiveFigures quiet = busy();
    quiet.p50 = quiet.p99 = quiet.cpu = quiet.schedule_lag_p99 = LiveFigures::unknown;
    EXPECT_EQ(live_screen(quiet, 80, true).size(), live_screen(busy(), 80, true).size());
    EXPECT_THAT(joined(live_screen(quiet, 80, false)), HasSubstr("P50 -, P99 -"));
}

TEST(LiveScreen, HasNoEscapesWithoutColourAndEndsEachWithIt) {
    for (const std::string& line : live_screen(busy(), 100, false)) EXPECT_THAT(line, Not(HasSubstr("\033")));
    for (const std::string& line : live_screen(busy(), 100, true)) {
        const std::size_t last = line.rfind("\033[");
        if (last != std::string::npos) {
            EXPECT_EQ(line.substr(last, 4), "\033[0m") << line;
        }
    }
}

TEST(LiveLine, SaysInOneLineWhereTheRunIs) {
    LiveFigures f = busy();
    f.faults = {{"reset", 1, 2}, {"kill", 3}};
    EXPECT_EQ(live_line(f),
              "  12.3 s  steady     users 1998/2000  sent 12345 (803/s)  delivered 100000 (9000/s)  P99 42.0 "
              "ms  violations 0  [kill]");
}

}  // namespace
}  // namespace hubbub
