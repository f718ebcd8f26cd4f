#include "loadgen/runner/started_command.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>

#include "http_client.hpp"
#include "transport/address.hpp"
#include "transport/descriptor.hpp"

namespace hubbub::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A port that nobody has, for a moment at least.
std::uint16_t free_port() {
    Descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
    const auto address = parse_address("127.0.0.1", 0);
    EXPECT_EQ(::bind(fd.get(), address->get(), address->size()), 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    return ntohs(bound.sin_port);
}

std::string python_server(std::uint16_t port) {
    return "exec python3 -m http.server --bind 127.0.0.1 " + std::to_string(port) + " >/dev/null 2>&1";
}

TEST(StartedCommand, IsReadyWhenItAnswersAndEndsWithItsOwner) {
    const std::uint16_t port = free_port();
    const std::string at = "127.0.0.1:" + std::to_string(port);
    pid_t pid = 0;
    {
        auto started = StartedCommand::start({python_server(port), "http://" + at + "/", 20s});
        ASSERT_TRUE(started.has_value()) << started.error().message;
        pid = (*started)->pid();
        EXPECT_EQ(kill(pid, 0), 0);
        const auto again = StartedCommand::start({"sleep 30", "tcp://" + at, 1s});
        ASSERT_TRUE(again.has_error());
        EXPECT_THAT(again.error().message, HasSubstr("somebody answers at tcp://" + at + " already"));
    }
    EXPECT_NE(kill(pid, 0), 0);
}

TEST(StartedCommand, IsNotReadyWhereItAnswersThatItIsNot) {
    const std::uint16_t port = free_port();
    const auto started = StartedCommand::start(
        {python_server(port), "http://127.0.0.1:" + std::to_string(port) + "/no-such-file", 1s});
    ASSERT_TRUE(started.has_error());
    EXPECT_THAT(started.error().message, HasSubstr("was not ready"));
}

TEST(StartedCommand, ThatEndsIsReportedAtOnce) {
    const auto started =
        StartedCommand::start({"exit 7", "tcp://127.0.0.1:" + std::to_string(free_port()), 20s});
    ASSERT_TRUE(started.has_error());
    EXPECT_THAT(started.error().message, HasSubstr("ended with exit code 7 before it was ready"));
}

TEST(StartedCommand, TakesItsChildrenWithIt) {
    const std::uint16_t port = free_port();
    const std::string at = "127.0.0.1:" + std::to_string(port);
    {
        auto started = StartedCommand::start(
            {"python3 -m http.server --bind 127.0.0.1 " + std::to_string(port) + " >/dev/null 2>&1 & wait",
             "ws://" + at + "/chat", 20s});
        ASSERT_TRUE(started.has_value()) << started.error().message;
    }
    const auto next = StartedCommand::start({"exit 7", "tcp://" + at, 5s});
    ASSERT_TRUE(next.has_error());
    EXPECT_THAT(next.error().message, HasSubstr("ended with exit code 7")) << "nobody answers there any more";
}

}  // namespace
}  // namespace hubbub::test
