#include "transport/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace hubbub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

Result<HttpAnswer> http_request(const std::string& address, std::uint16_t port, const HttpRequest& request,
                                const std::string& body, Duration deadline) {
    const std::string where = address + ":" + std::to_string(port);
    error_code error;
    const auto numeric = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error) return fail("not a numeric address: " + address);

    http::request<http::string_body> message;
    message.method_string(request.method);
    message.target(request.target);
    message.version(11);
    message.set(http::field::host, where);
    message.set(http::field::connection, "close");
    for (const auto& [name, value] : request.fields.list) message.set(name, value);
    message.body() = body;
    message.prepare_payload();

    asio::io_context io;
    beast::tcp_stream stream(io);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    const char* stage = "connect";
    // Asynchronous for the deadline's sake alone: each step starts the next, run() ends with the last.
    stream.expires_after(deadline);
    stream.async_connect({numeric, port}, [&](error_code failed) {
        if ((error = failed)) return;
        stage = "send";
        http::async_write(stream, message, [&](error_code unsent, std::size_t) {
            if ((error = unsent)) return;
            stage = "answer";
            http::async_read(stream, buffer, response,
                             [&](error_code unheard, std::size_t) { error = unheard; });
        });
    });
    io.run();
    if (error) return fail("http://" + where + ": " + stage + ": " + error.message());
    HttpAnswer answer;
    answer.status = static_cast<int>(response.result_int());
    answer.body = std::move(response.body());
    answer.content_type = std::string(response[http::field::content_type]);
    return answer;
}

}  // namespace hubbub
