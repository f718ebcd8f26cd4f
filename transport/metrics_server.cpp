#include "transport/metrics_server.hpp"

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
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

namespace {

std::string metrics_text(const MetricsSources& sources) {
    std::vector<prometheus::MetricFamily> families;
    for (const prometheus::Collectable* source : sources.collectables) {
        auto more = source->Collect();
        std::move(more.begin(), more.end(), std::back_inserter(families));
    }
    return prometheus::TextSerializer().Serialize(families);
}

HttpAnswer answer_to(const http::request<http::empty_body>& request, const MetricsSources& sources) {
    if (request.method() != http::verb::get) {
        HttpAnswer answer{405, "only GET is served here\n"};
        answer.fields.add("Allow", "GET");
        return answer;
    }
    const std::string target(request.target());
    const std::string path = target.substr(0, target.find('?'));
    if (path == "/metrics") return {200, metrics_text(sources), "text/plain; version=0.0.4; charset=utf-8"};
    const auto page = sources.pages.find(path);
    if (page == sources.pages.end()) return {404, "nothing here\n"};
    return page->second();
}

}  // namespace

struct MetricsServer::Impl {
    class Session;

    Impl(MetricsOptions with, MetricsSources what)
        : options(std::move(with)), sources(std::move(what)), acceptor(io), pause(io) {}

    Status listen();
    void accept();
    void run() { io.run(); }

    MetricsOptions options;
    MetricsSources sources;
    asio::io_context io{1};
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    std::size_t connections = 0;
    std::uint16_t port = 0;
    std::thread thread;
};

/// One peer: a request, its answer, and the next while the peer keeps the connection.
class MetricsServer::Impl::Session : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, Impl& server) : stream_(std::move(socket)), server_(server) {
        ++server_.connections;
    }
    ~Session() { --server_.connections; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void read() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits::http_head_bytes_max));
        parser_->body_limit(0);
        stream_.expires_after(server_.options.deadline);
        http::async_read(
            stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
                if (!error)
                    self->write();  // else: gone, too slow or not HTTP; the socket closes with the session
            });
    }

  private:
    void write() {
        HttpAnswer answer = answer_to(parser_->get(), server_.sources);
        response_ = {};
        response_.version(11);
        response_.result(static_cast<unsigned>(answer.status));
        response_.set(http::field::content_type, answer.content_type);
        for (const auto& [name, value] : answer.fields.list) response_.insert(name, value);
        response_.body() = std::move(answer.body);
        response_.keep_alive(parser_->keep_alive());
        response_.prepare_payload();
        http::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error && self->response_.keep_alive()) return self->read();
            error_code ignored;
            self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        });
    }

    beast::tcp_stream stream_;
    Impl& server_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::empty_body>> parser_;
    http::response<http::string_body> response_;
};

Status MetricsServer::Impl::listen() {
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) return fail("not a numeric address: " + options.address);
    const tcp::endpoint endpoint(address, options.port);
    const auto failed = [&](const char* what) {
        return fail("metrics: cannot listen on " + options.address + ":" + std::to_string(options.port) +
                    " (" + what + "): " + error.message());
    };
    if (acceptor.open(endpoint.protocol(), error); error) return failed("open");
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (acceptor.bind(endpoint, error); error) return failed("bind");
    if (acceptor.listen(asio::socket_base::max_listen_connections, error); error) return failed("listen");
    port = acceptor.local_endpoint().port();
    return {};
}

void MetricsServer::Impl::accept() {
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

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(MetricsOptions options, MetricsSources sources) {
    auto impl = std::make_unique<Impl>(std::move(options), std::move(sources));
    if (auto listening = impl->listen(); !listening) return listening.error();
    impl->accept();
    impl->thread = std::thread([&server = *impl] { server.run(); });
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(impl)));
}

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MetricsServer::~MetricsServer() {
    impl_->io.stop();
    impl_->thread.join();
}

std::uint16_t MetricsServer::port() const {
    return impl_->port;
}

}  // namespace hubbub
