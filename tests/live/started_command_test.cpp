#include "loadgen/runner/started_command.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_client.hpp"
#include "transport/address.hpp"
#include "transport/descriptor.hpp"

namespace hubbub::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// host:port where nobody but this process listens, or asks for a port: other tests run at the same time.
std::string own_place() {
    const auto pid = static_cast<unsigned>(getpid());
    const std::string host = "127." + std::to_string(64 + (pid >> 16) % 64) + "." +
                             std::to_string(pid >> 8 & 255) + "." + std::to_string(pid & 255);
    Descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
    const auto address = parse_address(host, 0);
    EXPECT_EQ(::bind(fd.get(), address->get(), address->size()), 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    return host + ":" + std::to_string(ntohs(bound.sin_port));
}

std::string python_server(const std::string& at) {
    const auto colon = at.find(':');
    return "python3 -m http.server --bind " + at.substr(0, colon) + " " + at.substr(colon + 1) +
           " >/dev/null 2>&1";
}

TEST(StartedCommand, IsReadyWhenItAnswersAndEndsWithItsOwner) {
    const std::string at = own_place();
    pid_t pid = 0;
    {
        auto started = StartedCommand::start({"exec " + python_server(at), "http://" + at + "/", 20s});
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
    const std::string at = own_place();
    const auto started =
        StartedCommand::start({"exec " + python_server(at), "http://" + at + "/no-such-file", 1s});
    ASSERT_TRUE(started.has_error());
    EXPECT_THAT(started.error().message, HasSubstr("was not ready"));
}

TEST(StartedCommand, ThatEndsIsReportedAtOnce) {
    const auto started = StartedCommand::start({"exit 7", "tcp://" + own_place(), 20s});
    ASSERT_TRUE(started.has_error());
    EXPECT_THAT(started.error().message, HasSubstr("ended with exit code 7 before it was ready"));
}

TEST(StartedCommand, TakesItsChildrenWithIt) {
    const std::string at = own_place();
    {
        auto started = StartedCommand::start({python_server(at) + " & wait", "ws://" + at + "/chat", 20s});
        ASSERT_TRUE(started.has_value()) << started.error().message;
    }
    const auto next = StartedCommand::start({"exit 7", "tcp://" + at, 5s});
    ASSERT_TRUE(next.has_error());
    EXPECT_THAT(next.error().message, HasSubstr("ended with exit code 7")) << "nobody answers there any more";
}

}  // namespace
}  // namespace hubbub::test
