#include "loadgen/runner/started_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "transport/address.hpp"
#include "transport/descriptor.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

/// A database is flushed in that time; after it the group is killed.
constexpr int end_timeout_ms = 15'000;
/// One question: whoever does not answer within it is not ready.
constexpr int answer_timeout_ms = 1'000;

struct Question {
    Address address;
    std::string http;  ///< request; empty: who listens is ready
};

Result<Question> question_of(const std::string& ready) {
    const auto scheme = ready.find("://");
    if (scheme == std::string::npos) return fail("target.start.ready: no scheme in " + ready);
    const std::string rest = ready.substr(scheme + 3);
    const std::string host = rest.substr(0, rest.find('/'));
    const bool http = ready.starts_with("http://");
    // An endpoint's own scheme says its default port.
    auto endpoint = resolve(ready.starts_with("ws") ? ready : "ws://" + host + "/");
    if (!endpoint) return endpoint.error();
    Question question{endpoint->address, ""};
    const std::string path = host.size() == rest.size() ? "/" : rest.substr(host.size());
    if (http) question.http = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    return question;
}

bool wait_for(int fd, short events) {
    pollfd waiting{fd, events, 0};
    return poll(&waiting, 1, answer_timeout_ms) > 0;
}

bool answers(const Question& question) {
    const Address& to = question.address;
    Descriptor fd(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return false;
    if (::connect(fd.get(), to.get(), to.size()) != 0 && errno != EINPROGRESS) return false;
    if (!wait_for(fd.get(), POLLOUT)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return false;
    if (question.http.empty()) return true;
    if (::send(fd.get(), question.http.data(), question.http.size(), MSG_NOSIGNAL) < 0) return false;
    std::string line;
    while (line.size() < 12) {  // "HTTP/1.1 200"
        char buffer[64];
        if (!wait_for(fd.get(), POLLIN)) return false;
        const ssize_t got = ::recv(fd.get(), buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        line.append(buffer, static_cast<std::size_t>(got));
    }
    return line.starts_with("HTTP/1.") && line[9] == '2';
}

[[noreturn]] void become(const std::string& command, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);  // Ctrl-C is for the runner; and the whole group can be ended
    dup2(2, 1);     // stdout is the report's
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    _exit(127);
}

/// How it ended; nothing: it runs.
std::optional<std::string> end_of(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) != pid) return std::nullopt;
    if (WIFEXITED(status)) return "ended with exit code " + std::to_string(WEXITSTATUS(status));
    return "was ended by signal " + std::to_string(WTERMSIG(status));
}

}  // namespace

Result<std::unique_ptr<StartedCommand>> StartedCommand::start(const Options& options) {
    const auto question = question_of(options.ready);
    if (!question) return question.error();
    if (answers(*question))
        return fail("target.start.command: somebody answers at " + options.ready +
                    " already, before it was started");
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // its orphans are ours to wait for: a port is free when they are gone
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) return fail(std::string("target.start.command: ") + std::strerror(errno));
    if (pid == 0) become(options.command, parent);
    setpgid(pid, pid);  // whoever of the two comes first
    std::unique_ptr<StartedCommand> started(new StartedCommand(pid));
    const MonotonicClock clock;
    const Time deadline = clock.now() + options.within;
    while (!answers(*question)) {
        if (const auto ended = end_of(pid)) {
            started->pid_ = -1;
            kill(-pid, SIGTERM);  // what it left behind
            return fail("target.start.command " + *ended + " before it was ready at " + options.ready);
        }
        if (clock.now() >= deadline)
            return fail("target.start.command was not ready at " + options.ready + " within " +
                        std::to_string(options.within / 1s) + " s");
        poll(nullptr, 0, 50);
    }
    return started;
}

StartedCommand::~StartedCommand() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGTERM);
    bool shell_is_gone = false;
    for (int waited = 0; waited < end_timeout_ms; waited += 10) {
        pid_t ended = 0;
        while ((ended = waitpid(-pid_, nullptr, WNOHANG)) > 0) shell_is_gone |= ended == pid_;
        if (ended < 0) return;                    // none of its group is left
        if (shell_is_gone) kill(-pid_, SIGKILL);  // whoever stayed behind it
        poll(nullptr, 0, 10);
    }
    kill(-pid_, SIGKILL);
    while (waitpid(-pid_, nullptr, 0) > 0) continue;
}

}  // namespace hubbub
