#include "transport/address.hpp"

#include <gtest/gtest.h>

namespace hubbub {
namespace {

TEST(Resolve, ReadsHostPortPathAndQuery) {
    const auto endpoint = resolve("ws://127.0.0.1:8080/chat?room=1");
    ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
    EXPECT_EQ(endpoint->address.text(), "127.0.0.1:8080");
    EXPECT_EQ(endpoint->host, "127.0.0.1:8080");
    EXPECT_EQ(endpoint->target, "/chat?room=1");
}

TEST(Resolve, FillsInWhatAUrlMayLeaveOut) {
    const auto endpoint = resolve("ws://127.0.0.1");
    ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
    EXPECT_EQ(endpoint->address.port(), 80);
    EXPECT_EQ(endpoint->target, "/");
}

TEST(Resolve, TakesNumericIpv6) {
    const auto endpoint = resolve("ws://[::1]:9000/chat");
    ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
    EXPECT_EQ(endpoint->address.text(), "[::1]:9000");
    EXPECT_EQ(endpoint->host, "[::1]:9000");
}

TEST(Resolve, PrefersIpv4ForLocalhost) {
    const auto endpoint = resolve("ws://localhost:9000/");
    ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
    EXPECT_EQ(endpoint->address.text(), "127.0.0.1:9000");
}

TEST(Resolve, TakesWssForTlsOnItsOwnPort) {
    const auto endpoint = resolve("wss://127.0.0.1/chat");
    ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
    EXPECT_TRUE(endpoint->tls);
    EXPECT_EQ(endpoint->name, "127.0.0.1");
    EXPECT_EQ(endpoint->address.port(), 443);
    EXPECT_FALSE(resolve("ws://127.0.0.1/chat")->tls);
}

TEST(Resolve, SaysWhatIsWrongWithAUrl) {
    const auto message = [](std::string_view url) {
        const auto endpoint = resolve(url);
        return endpoint ? std::string("resolved") : endpoint.error().message;
    };
    EXPECT_NE(message("http://example.org/").find("ws://"), std::string::npos);
    EXPECT_NE(message("not a url").find("not a URL"), std::string::npos);
    EXPECT_NE(message("ws:///chat").find("host"), std::string::npos);
    EXPECT_NE(message("ws://127.0.0.1:99999/").find("port"), std::string::npos);
}

TEST(ParseAddress, RefusesNames) {
    EXPECT_FALSE(parse_address("localhost", 1).has_value());
    EXPECT_TRUE(parse_address("::1", 1).has_value());
}

TEST(ResolveHostPort, TakesNumbersNamesAndAllAddresses) {
    EXPECT_EQ(resolve_host_port("127.0.0.1:80")->text(), "127.0.0.1:80");
    EXPECT_EQ(resolve_host_port("localhost:0")->text(), "127.0.0.1:0");
    EXPECT_EQ(resolve_host_port("[::1]:65535")->text(), "[::1]:65535");
    EXPECT_EQ(resolve_host_port(":7")->text(), "0.0.0.0:7");
}

TEST(ResolveHostPort, SaysWhatIsWrong) {
    for (const char* text :
         {"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:8o", "127.0.0.1:-1", ""}) {
        const auto found = resolve_host_port(text);
        ASSERT_FALSE(found.has_value()) << text;
        EXPECT_NE(found.error().message.find("expected host:port"), std::string::npos)
            << found.error().message;
    }
}

}  // namespace
}  // namespace hubbub
