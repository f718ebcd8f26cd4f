#include "loadgen/runner/worker_process.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>

#include "loadgen/runner/worker_service.hpp"

namespace hubbub {
namespace {

/// A dead child's socket ends before the child can be waited for.
constexpr int post_mortem_wait_ms = 2'000;

std::size_t threads_here() {
    std::error_code error;
    std::filesystem::directory_iterator each("/proc/self/task", error);
    return error ? 1 : static_cast<std::size_t>(std::distance(begin(each), end(each)));
}

[[noreturn]] void become_worker(const Plan& plan, const WorkerOptions& options, MessagePipe pipe,
                                pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a killed load test leaves no load behind
    if (getppid() != parent) _exit(1);
    prctl(PR_SET_NAME, "hubbub-worker");
    // Ctrl-C goes to the whole group, and the runner, who drains, still needs its workers.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    int code = 70;
    try {
        code = serve_worker(plan, options, pipe) ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hubbub: bug in a worker process: %s\n", error.what());
    }
    _exit(code);  // nothing of the parent's is flushed or destroyed a second time
}

bool is_bug(int signal) {
    return signal == SIGABRT || signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
}

}  // namespace

WorkerProcess::~WorkerProcess() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

SeatFailure WorkerProcess::post_mortem() {
    const std::string who = "worker process " + std::to_string(pid_);
    int status = 0;
    for (int waited = 0; waitpid(pid_, &status, WNOHANG) != pid_; waited += 10) {
        if (waited >= post_mortem_wait_ms) return {who + " does not answer any more", true};
        usleep(10'000);
    }
    pid_ = -1;
    if (!WIFSIGNALED(status))
        return {who + " ended in the middle of the run with exit code " + std::to_string(WEXITSTATUS(status)),
                true};
    const int signal = WTERMSIG(status);
    return {who + " was killed in the middle of the run by signal " + std::to_string(signal) + " (" +
                strsignal(signal) + ")" +
                (signal == SIGKILL ? "; the system does so when memory is short" : ""),
            is_bug(signal)};
}

Result<std::unique_ptr<WorkerProcesses>> WorkerProcesses::start(std::shared_ptr<const Plan> plan,
                                                                std::uint32_t count,
                                                                const WorkerOptions& options) {
#if !defined(__SANITIZE_THREAD__)  // it has a thread of its own, and knows about forks
    if (threads_here() > 1) return fail("worker processes cannot be started: other threads run already");
#endif
    auto out = std::make_unique<WorkerProcesses>();
    out->all_.reserve(count);
    const pid_t parent = getpid();
    for (std::uint32_t i = 0; i < count; ++i) {
        auto ends = MessagePipe::make();
        if (!ends) return ends.error();
        std::fflush(nullptr);
        const pid_t pid = fork();
        if (pid < 0) return fail(std::string("cannot start a worker process: ") + std::strerror(errno));
        if (pid == 0) {
            // The parent's ends of older siblings: while they were open here, nobody there would see its end.
            for (WorkerProcess& sibling : out->all_) sibling.forget();
            { const MessagePipe parents = std::move(ends->first); }
            become_worker(*plan, options, std::move(ends->second), parent);
        }
        out->all_.emplace_back(pid, std::move(ends->first));
    }
    return out;
}

}  // namespace hubbub
