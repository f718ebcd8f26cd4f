// Kills a process in the middle of its writes and looks at what is left. The process is this same test
// program, told by its environment to write until it is killed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "tests/refserver/rocksdb_session.hpp"
#include "tests/refserver/temporary_directory.hpp"

extern char** environ;

namespace hubbub {
namespace {

constexpr int report_fd = 3;
constexpr const char* directory_variable = "HUBBUB_TEST_STORE";
constexpr const char* durability_variable = "HUBBUB_TEST_DURABILITY";
constexpr const char* first_variable = "HUBBUB_TEST_FIRST";

/// Writes pairs from the given number on, and one byte to the pipe for each that was reported.
TEST(RocksDbChild, DISABLED_WritesUntilItIsKilled) {
    const char* directory = std::getenv(directory_variable);
    ASSERT_TRUE(directory) << "only as the child of RocksDbKill";
    const Durability durability = durability_from(std::getenv(durability_variable)).value();
    RocksDbSession session({directory, durability});
    int number = std::atoi(std::getenv(first_variable));
    std::size_t told = 0;
    for (std::size_t round = 1;; ++round) {
        for (std::size_t i = 0; i < 1 + round % 16; ++i) session.put_pair(number++);
        if (round % 4 == 0) session.settle();  // else the kill may find several groups under way
        for (const std::size_t reported = session.statuses().size(); told < reported; ++told)
            if (write(report_fd, "r", 1) != 1) return;  // the parent is gone
    }
}

class Child {
  public:
    Child(const std::string& directory, Durability durability, int first) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        reports_ = ends[0];
        setenv(directory_variable, directory.c_str(), 1);
        setenv(durability_variable, std::string(name(durability)).c_str(), 1);
        setenv(first_variable, std::to_string(first).c_str(), 1);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], report_fd);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        std::string filter = "--gtest_filter=RocksDbChild.*", disabled = "--gtest_also_run_disabled_tests";
        std::string self = "/proc/self/exe";
        std::array<char*, 4> arguments{self.data(), filter.data(), disabled.data(), nullptr};
        if (posix_spawn(&pid_, self.c_str(), &actions, nullptr, arguments.data(), environ) != 0)
            throw std::runtime_error("cannot start the child");
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
    }
    ~Child() { close(reports_); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Kills it once `reports` batches were reported. Returns how many it had reported in all.
    int kill_after(int reports) {
        int seen = 0;
        std::array<char, 4096> bytes{};
        bool killed = false;
        for (;;) {
            const ssize_t size = read(reports_, bytes.data(), bytes.size());
            if (size <= 0) break;
            seen += static_cast<int>(size);
            if (seen < reports || killed) continue;
            kill(pid_, SIGKILL);
            killed = true;
        }
        int status = 0;
        waitpid(pid_, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child ended by itself";
        return seen;
    }

  private:
    pid_t pid_ = 0;
    int reports_ = -1;
};

struct Outcome {
    int reported, there;
    Epoch epoch;
};

Outcome kill_once(const std::string& directory, Durability durability, int first, int reports) {
    const int reported = first + Child(directory, durability, first).kill_after(reports);
    RocksDbSession reopened({directory, durability});
    return {reported, reopened.whole_pairs(reported + 4096), reopened.meta().epoch};
}

class RocksDbKill : public testing::TestWithParam<Durability> {};

INSTANTIATE_TEST_SUITE_P(EveryLog, RocksDbKill, testing::Values(Durability::wal, Durability::wal_sync));

TEST_P(RocksDbKill, TakesNothingThatWasReported) {
    const TemporaryDirectory directory;
    int there = 0;
    for (const int reports : {40, 400, 1500}) {
        const Outcome outcome = kill_once(directory.path(), GetParam(), there, reports);
        EXPECT_GE(outcome.there, outcome.reported);
        EXPECT_EQ(outcome.epoch, 1u) << "nothing was lost";
        there = outcome.there;
    }
}

TEST(RocksDbKillWithoutALog, IsCaughtTakingWhatWasReported) {
    // The negative control of the test above.
    for (const auto durability : {Durability::none, Durability::memory}) {
        const TemporaryDirectory directory;
        const Outcome outcome = kill_once(directory.path(), durability, 0, 400);
        EXPECT_LT(outcome.there, outcome.reported) << name(durability);
        EXPECT_EQ(outcome.epoch, 2u) << "clients are told that positions were lost";
    }
}

}  // namespace
}  // namespace hubbub
