#include "transport/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <thread>

#include "protocol/limits.hpp"

namespace hubbub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    class Session;

    Impl(HttpServerOptions with, Handler what)
        : options(std::move(with)), handler(std::move(what)), acceptor(io), pause(io) {}

    Status listen();
    void accept();

    const HttpServerOptions options;
    const Handler handler;
    std::size_t connections = 0;
    asio::io_context io{1};  // below what its sessions use when they die with it
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    std::uint16_t port = 0;
    std::thread thread;
};

/// One peer: a request, its answer, and the next while the peer keeps the connection.
class HttpServer::Impl::Session : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, Impl& server)
        : stream_(std::move(socket)), late_(server.io), server_(server) {
        ++server_.connections;
    }
    ~Session() { --server_.connections; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void read() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits::http_head_bytes_max));
        parser_->body_limit(server_.options.body_bytes_max);
        stream_.expires_after(server_.options.read_max);
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error) return self->handle();
                             if (error == http::error::body_limit)
                                 return self->write(self->server_.options.too_large, false);
                             // gone, too slow or not HTTP; the socket closes with the session
                         });
    }

  private:
    void handle() {
        HttpCall call;
        auto& message = parser_->get();
        call.request.method = std::string(message.method_string());
        call.request.target = std::string(message.target());
        call.request.version = static_cast<int>(message.version());
        for (const auto& field : message)
            call.request.fields.add(std::string(field.name_string()), std::string(field.value()));
        call.body = std::move(message.body());
        const std::uint64_t number = ++call_;
        waiting_ = true;
        stream_.expires_never();
        late_.expires_after(server_.options.answer_max);
        // This wait keeps the session alive until its answer or its lateness.
        late_.async_wait([self = shared_from_this(), number](error_code stopped) {
            if (!stopped) self->answer(number, self->server_.options.too_late);
        });
        // The answer may come from another thread, and after the server's end: it holds both weakly.
        server_.handler(std::move(call), [server = server_.weak_from_this(), weak = weak_from_this(),
                                          number](HttpAnswer given) {
            const auto impl = server.lock();
            if (!impl) return;
            asio::post(impl->io, [weak, number, kept = std::move(given)] {
                if (const auto self = weak.lock()) self->answer(number, kept);
            });
        });
    }

    void answer(std::uint64_t number, HttpAnswer given) {
        if (number != call_ || !waiting_) return;
        waiting_ = false;
        late_.cancel();
        write(std::move(given), parser_->keep_alive());
    }

    void write(HttpAnswer given, bool keep) {
        response_ = {};
        response_.version(11);
        response_.result(static_cast<unsigned>(given.status));
        response_.set(http::field::content_type, given.content_type);
        for (const auto& [name, value] : given.fields.list) response_.insert(name, value);
        response_.body() = std::move(given.body);
        response_.keep_alive(keep);
        response_.prepare_payload();
        stream_.expires_after(server_.options.read_max);
        http::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error && self->response_.keep_alive()) return self->read();
            error_code ignored;
            self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        });
    }

    beast::tcp_stream stream_;
    asio::steady_timer late_;
    Impl& server_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
    std::uint64_t call_ = 0;
    bool waiting_ = false;
};

Status HttpServer::Impl::listen() {
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) return fail(options.name + ": not a numeric address: " + options.address);
    const tcp::endpoint endpoint(address, options.port);
    const auto failed = [&](const char* what) {
        return fail(options.name + ": cannot listen on " + options.address + ":" +
                    std::to_string(options.port) + " (" + what + "): " + error.message());
    };
    if (acceptor.open(endpoint.protocol(), error); error) return failed("open");
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (acceptor.bind(endpoint, error); error) return failed("bind");
    if (acceptor.listen(asio::socket_base::max_listen_connections, error); error) return failed("listen");
    port = acceptor.local_endpoint().port();
    return {};
}

void HttpServer::Impl::accept() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (error) {
            // Out of descriptors: a moment later some may be free again.
            pause.expires_after(std::chrono::milliseconds{100});
            pause.async_wait([this](error_code stopped) {
                if (!stopped) accept();
            });
            return;
        }
        if (connections < options.connections_max)
            std::make_shared<Session>(std::move(socket), *this)->read();
        accept();
    });
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
    auto impl = std::make_shared<Impl>(std::move(options), std::move(handler));
    if (auto listening = impl->listen(); !listening) return listening.error();
    impl->accept();
    impl->thread = std::thread([&server = *impl] { server.io.run(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    impl_->io.stop();
    impl_->thread.join();
}

std::uint16_t HttpServer::port() const {
    return impl_->port;
}

void HttpServer::post(std::function<void()> work) {
    asio::post(impl_->io, std::move(work));
}

}  // namespace hubbub
