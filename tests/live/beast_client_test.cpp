// Boost.Beast's WebSocket client, which shares no code with ours, holds a conversation with the server.

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include "tests/live/live_run.hpp"

namespace hubbub::test {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;

/// One user on a blocking connection.
class BeastUser {
  public:
    BeastUser(std::uint16_t port, const std::string& user) : stream_(context_) {
        stream_.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
        stream_.set_option(
            beast::websocket::stream_base::decorator([](beast::websocket::request_type& request) {
                request.set(beast::http::field::sec_websocket_protocol, "hubbub.v1.json");
            }));
        stream_.handshake("127.0.0.1", "/chat");
        say(R"({"t":"hello","user":")" + user + R"(","device":"beast"})");
        welcome_ = hear();
    }

    void say(const std::string& text) { stream_.write(asio::buffer(text)); }
    std::string hear() {
        beast::flat_buffer buffer;
        stream_.read(buffer);
        return beast::buffers_to_string(buffer.data());
    }
    beast::websocket::stream<asio::ip::tcp::socket>& stream() { return stream_; }
    [[nodiscard]] const std::string& welcome() const { return welcome_; }

  private:
    asio::io_context context_;
    beast::websocket::stream<asio::ip::tcp::socket> stream_;
    std::string welcome_;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(BeastClient, HoldsAConversation) {
    SilentLog log;
    TemporaryFolder folder;
    ServerConfig config;
    config.shards = config.options.shards = 2;
    config.data = folder.path();
    auto server = Server::start(config, log);
    ASSERT_TRUE(server.has_value()) << server.error().message;

    BeastUser ann((*server)->port(), "ann");
    BeastUser ben((*server)->port(), "ben");
    EXPECT_TRUE(has(ann.welcome(), R"("t":"welcome")")) << ann.welcome();

    ann.say(R"({"t":"create","id":5,"key":"k","class":"direct","members":["ann","ben"]})");
    const std::string created = ann.hear();
    ASSERT_TRUE(has(created, R"("t":"created")") && has(created, R"("id":5)")) << created;
    const std::string c = created.substr(created.find(R"("c":")") + 5, 22);
    for (BeastUser* user : {&ann, &ben}) {
        user->say(R"({"t":"resume","at":[],"complete":true})");
        std::string resumed;
        while (!has(resumed, R"("pending":0)")) resumed += user->hear();
        EXPECT_TRUE(has(resumed, c)) << resumed;
    }

    // a message in many fragments, with a ping between two of them
    const std::string text = R"({"t":"send","c":")" + c + R"(","n":1,"b":")" + std::string(9000, 'z') + "\"}";
    ann.stream().auto_fragment(true);
    ann.stream().write_buffer_bytes(1000);
    ann.say(text);
    ann.stream().ping("are you there");
    EXPECT_EQ(ann.hear(), R"({"t":"ack","c":")" + c + R"(","n":1,"q":2})");
    const std::string message = ben.hear();
    EXPECT_TRUE(has(message, R"("q":2)") && has(message, std::string(9000, 'z'))) << message.substr(0, 200);

    ben.stream().close(beast::websocket::close_code::normal);
    EXPECT_EQ(ben.stream().reason().code, beast::websocket::close_code::normal);

    ann.say("{");
    beast::flat_buffer rest;
    beast::error_code ended;
    while (!ended) ann.stream().read(rest, ended);
    EXPECT_EQ(ended, beast::websocket::error::closed);
    EXPECT_EQ(ann.stream().reason().code, 3500) << "broken JSON: do not come back";
}

}  // namespace
}  // namespace hubbub::test
