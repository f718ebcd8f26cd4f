#include "loadgen/runner/embedded_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

namespace hubbub {
namespace {

/// Opening a database and binding a port is quick; a replay of a large log after a crash may take a while.
constexpr int ready_timeout_ms = 60'000;
/// A drain flushes outboxes and the database; after that the child is killed.
constexpr int end_timeout_ms = 15'000;
/// A command is a switch: a server that does not answer at once is stopped or gone.
constexpr int answer_timeout_ms = 1'000;

[[noreturn]] void become(const std::string& program, std::vector<std::string>& arguments,
                         const std::vector<std::pair<std::string, std::string>>& extra, int ready_fd,
                         int control_fd, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a killed load test leaves no server behind
    if (getppid() != parent) _exit(127);
    for (const auto& [name, value] : extra) setenv(name.c_str(), value.c_str(), 1);
    setpgid(0, 0);  // Ctrl-C is for the runner; it ends the server after the last word
    arguments.insert(arguments.begin(), program);
    arguments.push_back("--ready-fd");
    arguments.push_back(std::to_string(ready_fd));
    if (control_fd >= 0) arguments.insert(arguments.end(), {"--control-fd", std::to_string(control_fd)});
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    // The scenario says what this server is: settings meant for somebody's own server must not change it.
    std::vector<char*> environment;
    for (char** variable = environ; *variable; ++variable)
        if (std::strncmp(*variable, "HUBBUB_SERVE_", 13) != 0) environment.push_back(*variable);
    environment.push_back(nullptr);
    execve(program.c_str(), argv.data(), environment.data());
    std::fprintf(stderr, "hubbub: cannot start %s: %s\n", program.c_str(), std::strerror(errno));
    _exit(127);
}

}  // namespace

Result<EmbeddedServer> EmbeddedServer::start(
    const std::string& program, std::vector<std::string> arguments,
    const std::vector<std::pair<std::string, std::string>>& environment) {
    auto server = begin(program, std::move(arguments), environment);
    if (server && server->look(ready_timeout_ms) != State::ready)
        return fail("the embedded server did not become ready; what it printed stands above");
    return server;
}

Result<EmbeddedServer> EmbeddedServer::begin(
    const std::string& program, std::vector<std::string> arguments,
    const std::vector<std::pair<std::string, std::string>>& environment, bool breakable) {
    int ready[2], control[2] = {-1, -1};
    if (pipe(ready) != 0 || (breakable && socketpair(AF_UNIX, SOCK_STREAM, 0, control) != 0))
        return fail(std::string("cannot make a pipe: ") + std::strerror(errno));
    fcntl(ready[0], F_SETFD, FD_CLOEXEC);
    if (breakable) fcntl(control[0], F_SETFD, FD_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) return fail(std::string("cannot start the embedded server: ") + std::strerror(errno));
    if (pid == 0) become(program, arguments, environment, ready[1], control[1], parent);
    close(ready[1]);
    if (breakable) close(control[1]);
    return EmbeddedServer(pid, ready[0], control[0]);
}

EmbeddedServer::State EmbeddedServer::look(int wait_ms) {
    while (ready_ >= 0) {
        pollfd waiting{ready_, POLLIN, 0};
        if (poll(&waiting, 1, wait_ms) <= 0) return State::starting;
        char buffer[64];
        const ssize_t got = read(ready_, buffer, sizeof buffer);
        if (got > 0) said_.append(buffer, static_cast<std::size_t>(got));
        unsigned port = 0;
        if (said_.find('\n') != std::string::npos && std::sscanf(said_.c_str(), "ready %u", &port) == 1)
            port_ = static_cast<std::uint16_t>(port);
        if (got <= 0 || port_ != 0) close_ready();
    }
    if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0 && port_ != 0 ? State::ready : State::gone;
}

bool EmbeddedServer::signal(int number) {
    return pid_ > 0 && kill(pid_, number) == 0;
}

EmbeddedServer::EmbeddedServer(EmbeddedServer&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      ready_(std::exchange(other.ready_, -1)),
      control_(std::exchange(other.control_, -1)),
      said_(std::move(other.said_)),
      port_(other.port_) {}

EmbeddedServer& EmbeddedServer::operator=(EmbeddedServer&& other) noexcept {
    end();
    pid_ = std::exchange(other.pid_, -1);
    ready_ = std::exchange(other.ready_, -1);
    control_ = std::exchange(other.control_, -1);
    said_ = std::move(other.said_);
    port_ = other.port_;
    return *this;
}

EmbeddedServer::~EmbeddedServer() {
    end();
}

void EmbeddedServer::close_ready() {
    if (ready_ >= 0) close(ready_);
    ready_ = -1;
}

void EmbeddedServer::close_control() {
    if (control_ >= 0) close(control_);
    control_ = -1;
}

std::optional<std::string> EmbeddedServer::tell(const std::string& command) {
    const std::string line = command + "\n";
    if (control_ < 0 || send(control_, line.data(), line.size(), MSG_NOSIGNAL) < 0) return std::nullopt;
    std::string answer;
    while (answer.find('\n') == std::string::npos) {
        pollfd waiting{control_, POLLIN, 0};
        char buffer[256];
        const ssize_t got =
            poll(&waiting, 1, answer_timeout_ms) > 0 ? recv(control_, buffer, sizeof buffer, 0) : 0;
        if (got <= 0)
            return close_control(), std::nullopt;  // a late answer would be taken for the next one's
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    if (answer.rfind("ok", 0) != 0) return std::nullopt;
    return answer.substr(std::min<std::size_t>(3, answer.size() - 1), answer.size());
}

void EmbeddedServer::end() {
    close_ready();
    close_control();
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    kill(pid_, SIGCONT);  // one that stands still would not hear it
    for (int waited = 0; waited < end_timeout_ms; waited += 10) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
            pid_ = -1;
            return;
        }
        poll(nullptr, 0, 10);
    }
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

double EmbeddedServer::cpu_seconds() const {
    std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
    std::string text;
    std::getline(stat, text);
    const auto after_name = text.rfind(')');
    if (after_name == std::string::npos) return 0;
    unsigned long user = 0;
    unsigned long system = 0;
    // proc(5): utime and stime are fields 14 and 15; the state after the name is field 3
    if (std::sscanf(text.c_str() + after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                    &user, &system) != 2)
        return 0;
    return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t EmbeddedServer::peak_memory() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
    return 0;
}

}  // namespace hubbub
