#include "cli/fault_control.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/units.hpp"

namespace hubbub::cli {
namespace {

/// A command is a few words: what is longer is none.
constexpr std::size_t line_bytes_max = 256;

std::vector<std::string> words_of(std::string_view line) {
    std::istringstream stream{std::string(line)};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

std::string refused(const std::string& why) {
    return "error " + why;
}

std::optional<Tail> tail_from(std::string_view name) {
    if (name == "truncated") return Tail::truncated;
    if (name == "zeroed") return Tail::zeroed;
    if (name == "garbage") return Tail::garbage;
    return std::nullopt;
}

/// disk FAULT on [DURATION] | disk FAULT off
std::string obey_disk(const std::vector<std::string>& words, FaultyDisk& disk) {
    const auto fault = words.size() >= 3 ? disk_fault_from(words[1]) : std::nullopt;
    if (!fault)
        return refused(
            "disk full|error|slow_sync|failing_sync on|off; slow_sync takes a duration behind `on`");
    if (words[2] == "off" && words.size() == 3) {
        disk.end(*fault);
        return "ok";
    }
    const bool slow = *fault == DiskFault::slow_sync;
    const auto extra = slow && words.size() == 4 ? parse_duration(words[3]) : std::nullopt;
    if (words[2] != "on" || (slow ? !extra : words.size() != 3))
        return refused("disk " + words[1] + (slow ? " on DURATION|off" : " on|off"));
    disk.begin(*fault, extra.value_or(Duration{}));
    return "ok";
}

/// clock +DURATION: the time line, and the day with it. day +DURATION | day -DURATION
std::string obey_clock(const std::vector<std::string>& words, Breakable& parts) {
    const bool day = words[0] == "day";
    const std::string usage =
        day ? "day +DURATION|-DURATION" : "clock +DURATION: a time line never goes back";
    if (words.size() != 2) return refused(usage);
    const char sign = words[1][0];
    const auto by = parse_duration(std::string_view(words[1]).substr(1));
    if (!by || (sign != '+' && !(day && sign == '-'))) return refused(usage);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*by);
    parts.day->jump(sign == '-' ? -seconds : seconds);
    if (!day) parts.clock.jump(*by);
    return "ok";
}

std::string bites(const FaultyDisk& disk) {
    std::string out = "ok";
    for (std::size_t i = 0; i < disk_fault_names.size(); ++i)
        out += " " + std::string(disk_fault_names[i]) + "=" +
               std::to_string(disk.bites(static_cast<DiskFault>(i)));
    return out;
}

bool say(int fd, std::string text) {
    text += '\n';
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

}  // namespace

std::string obey_fault_command(std::string_view line, Breakable& parts, void (*die)()) {
    const auto words = words_of(line);
    if (words.empty()) return refused("one of disk, clock, day, power-loss, bites");
    if (words[0] == "disk") return obey_disk(words, parts.disk);
    if (words[0] == "clock" || words[0] == "day") return obey_clock(words, parts);
    if (words[0] == "bites" && words.size() == 1) return bites(parts.disk);
    if (words[0] == "power-loss") {
        const auto tail = words.size() == 3 ? tail_from(words[1]) : std::nullopt;
        const auto seed = words.size() == 3 ? parse_count(words[2]) : std::nullopt;
        if (!tail || !seed) return refused("power-loss truncated|zeroed|garbage SEED");
        Random random(*seed);
        const std::uint64_t lost = parts.disk.power_loss(*tail, random);
        die();
        return "ok " + std::to_string(lost);
    }
    return refused("no command " + quoted(words[0]) + "; there are disk, clock, day, power-loss, bites");
}

FaultControl::FaultControl(int fd, Breakable& parts) : fd_(fd), parts_(parts) {
    thread_ = std::thread([this] { serve(); });
}

FaultControl::~FaultControl() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
}

void FaultControl::serve() {
    std::string waiting;
    for (char buffer[line_bytes_max];;) {
        const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
        if (got <= 0) return;
        waiting.append(buffer, static_cast<std::size_t>(got));
        for (std::size_t end; (end = waiting.find('\n')) != std::string::npos; waiting.erase(0, end + 1)) {
            const auto die = [] { (void)::kill(::getpid(), SIGKILL); };
            if (!say(fd_, obey_fault_command(std::string_view(waiting).substr(0, end), parts_, die))) return;
        }
        if (waiting.size() > line_bytes_max) return (void)say(fd_, refused("the line is too long"));
    }
}

}  // namespace hubbub::cli
