#include "loadgen/runner/setup_command.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace hubbub {
namespace {

[[noreturn]] void become(const std::string& command, const std::string& url, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);  // Ctrl-C is for the runner; and the whole group can be ended
    dup2(2, 1);     // stdout is the report's
    signal(SIGPIPE, SIG_DFL);
    setenv("HUBBUB_URL", url.c_str(), 1);
    execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    _exit(127);
}

}  // namespace

Status run_setup_command(const std::string& command, const std::string& url,
                         const std::atomic<bool>* interrupted) {
    const std::string what = "target.setup.command ";
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) return fail(what + std::strerror(errno));
    if (pid == 0) become(command, url, parent);
    setpgid(pid, pid);  // whoever of the two comes first
    int status = 0;
    bool ended = false;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (!ended && interrupted != nullptr && interrupted->load(std::memory_order_relaxed)) {
            kill(-pid, SIGKILL);
            ended = true;
        }
        poll(nullptr, 0, 20);
    }
    if (ended) return fail(what + "was interrupted");
    if (WIFSIGNALED(status)) return fail(what + "was ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        return fail(what + "ended with exit code " + std::to_string(WEXITSTATUS(status)));
    return {};
}

}  // namespace hubbub
