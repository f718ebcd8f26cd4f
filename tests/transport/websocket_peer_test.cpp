// An independent peer, Boost.Beast's WebSocket client, speaks with an echo server of ours: the loop, the
// upgrade and the frames together.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <map>
#include <string>
#include <thread>

#include "protocol/websocket.hpp"
#include "transport/loop.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

/// Sends every message back, answers pings, finishes close handshakes; fails a connection as the standard
/// says.
class Echo final : public LinkOwner {
  public:
    explicit Echo(Links& links) : links_(links) {}
    void opened(LinkId link, std::uint64_t, Time) override {
        readers_.emplace(link, websocket::Reader(websocket::Role::server, limits::client_message_bytes_max));
    }
    void dial_failed(std::uint64_t, LinkEnd, int, Time) override {}
    void received(LinkId link, std::span<char> bytes, Time) override {
        websocket::Reader& reader = readers_.at(link);
        reader.set_input(bytes);
        while (true) {
            const auto event = reader.next();
            if (!event) return finish(link, event.error().close_code);
            if (event->kind == websocket::Event::Kind::need_more) return;
            if (!answer(link, *event)) return;
        }
    }
    void closed(LinkId link, LinkEnd, Time) override { readers_.erase(link); }
    void turn(Time) override {}
    [[nodiscard]] Time next_deadline() const override { return never; }

  private:
    bool answer(LinkId link, const websocket::Event& event) {
        using Kind = websocket::Event::Kind;
        if (event.kind == Kind::close) {
            finish(link, event.close_code);
            return false;
        }
        if (event.kind == Kind::ping)
            links_.send(link, websocket::make_frame(websocket::Opcode::pong, event.payload));
        if (event.kind == Kind::message) {
            const auto opcode = event.binary ? websocket::Opcode::binary : websocket::Opcode::text;
            links_.send(link, websocket::make_frame(opcode, event.payload));
        }
        return true;
    }
    void finish(LinkId link, std::uint16_t code) {
        links_.send(link,
                    websocket::make_frame(websocket::Opcode::close, websocket::close_payload(code, "")));
        links_.close(link);
    }

    Links& links_;
    std::map<LinkId, websocket::Reader> readers_;
};

class WebSocketPeer : public ::testing::Test {
  protected:
    WebSocketPeer() : loop_(options(), clock_), echo_(loop_) {
        loop_.set_owner(echo_);
        port_ = *loop_.listen("127.0.0.1", 0);
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~WebSocketPeer() override {
        loop_.stop();
        thread_.join();
    }
    static LoopOptions options() {
        LoopOptions out;
        out.upgrade.subprotocols = {"hubbub.v1.json"};
        return out;
    }

    using Stream = beast::websocket::stream<tcp::socket>;
    Stream connected() {
        tcp::socket socket(io_);
        socket.connect({asio::ip::make_address("127.0.0.1"), port_});
        Stream stream(std::move(socket));
        stream.set_option(
            beast::websocket::stream_base::decorator([](beast::websocket::request_type& request) {
                request.set(beast::http::field::sec_websocket_protocol, "hubbub.v1.json");
            }));
        beast::websocket::permessage_deflate deflate;
        deflate.client_enable = true;  // offered, and declined
        stream.set_option(deflate);
        stream.handshake(answer_, "127.0.0.1", "/chat");
        return stream;
    }
    static std::string read(Stream& stream) {
        beast::flat_buffer buffer;
        stream.read(buffer);
        return beast::buffers_to_string(buffer.data());
    }

    MonotonicClock clock_;
    Loop loop_;
    Echo echo_;
    std::uint16_t port_ = 0;
    asio::io_context io_;
    beast::websocket::response_type answer_;
    std::thread thread_;
};

TEST_F(WebSocketPeer, AgreesOnTheSubprotocolAndTakesNoForAnAnswerOnCompression) {
    connected();
    EXPECT_EQ(answer_[beast::http::field::sec_websocket_protocol], "hubbub.v1.json");
    EXPECT_EQ(answer_.count(beast::http::field::sec_websocket_extensions), 0U);
}

TEST_F(WebSocketPeer, EchoesTextAndBinary) {
    Stream stream = connected();
    stream.text(true);
    stream.write(asio::buffer(std::string("gr\xc3\xbc\xc3\x9f dich")));
    EXPECT_EQ(read(stream), "gr\xc3\xbc\xc3\x9f dich");
    EXPECT_TRUE(stream.got_text());
    stream.binary(true);
    stream.write(asio::buffer(std::string("\x00\xff", 2)));
    EXPECT_EQ(read(stream), std::string("\x00\xff", 2));
    EXPECT_TRUE(stream.got_binary());
}

TEST_F(WebSocketPeer, EchoesFragmentsWithAPingBetweenThemAsOneMessage) {
    Stream stream = connected();
    std::string pong;
    stream.control_callback([&](beast::websocket::frame_type kind, beast::string_view payload) {
        if (kind == beast::websocket::frame_type::pong) pong = std::string(payload);
    });
    stream.text(true);
    stream.write_some(false, asio::buffer(std::string("one ")));
    stream.ping("are you there");
    stream.write_some(false, asio::buffer(std::string("two ")));
    stream.write_some(true, asio::buffer(std::string("three")));
    EXPECT_EQ(read(stream), "one two three");
    EXPECT_EQ(pong, "are you there");
}

TEST_F(WebSocketPeer, EchoesTheLargestMessageAndManySmallOnes) {
    Stream stream = connected();
    stream.auto_fragment(false);
    const std::string large(limits::client_message_bytes_max, 'L');
    stream.write(asio::buffer(large));
    EXPECT_EQ(read(stream), large);
    for (int i = 0; i < 500; ++i) stream.write(asio::buffer("small " + std::to_string(i)));
    for (int i = 0; i < 500; ++i) EXPECT_EQ(read(stream), "small " + std::to_string(i));
}

TEST_F(WebSocketPeer, FailsAConnectionWhoseMessageIsTooLarge) {
    Stream stream = connected();
    stream.auto_fragment(false);
    stream.write(asio::buffer(std::string(limits::client_message_bytes_max + 1, 'L')));
    beast::flat_buffer buffer;
    boost::system::error_code error;
    stream.read(buffer, error);
    EXPECT_EQ(error, beast::websocket::error::closed) << error.message();
    EXPECT_EQ(stream.reason().code, 1009);
}

TEST_F(WebSocketPeer, AnswersACloseWithItsCodeAndEndsTheStream) {
    Stream stream = connected();
    stream.write(asio::buffer(std::string("before")));
    EXPECT_EQ(read(stream), "before");
    boost::system::error_code error;
    stream.close({static_cast<beast::websocket::close_code>(3001), "bye"}, error);
    EXPECT_FALSE(error) << error.message() << ": the handshake was finished, and no reset came";
    EXPECT_EQ(stream.reason().code, 3001);
}

TEST_F(WebSocketPeer, IsToldTheStatusWhenItAsksForAnotherPath) {
    tcp::socket socket(io_);
    socket.connect({asio::ip::make_address("127.0.0.1"), port_});
    Stream stream(std::move(socket));
    boost::system::error_code error;
    stream.handshake(answer_, "127.0.0.1", "/other", error);
    EXPECT_EQ(error, beast::websocket::error::upgrade_declined);
    EXPECT_EQ(answer_.result(), beast::http::status::not_found);
}

}  // namespace
}  // namespace hubbub
