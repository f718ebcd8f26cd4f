// One HTTP/1.1 exchange over a blocking socket, by Boost.Beast: what curl would do.
// Any thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hubbub::test {

struct HttpReply {
    unsigned status = 0;
    std::string body;
    std::string content_type;
};

inline HttpReply http(std::uint16_t port, const std::string& method, const std::string& target,
                      const std::string& body = {},
                      const std::vector<std::pair<std::string, std::string>>& fields = {}) {
    namespace beast = boost::beast;
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    beast::http::request<beast::http::string_body> request;
    request.method_string(method);
    request.target(target);
    request.version(11);
    request.set(beast::http::field::host, "127.0.0.1");
    request.set(beast::http::field::connection, "close");
    for (const auto& [name, value] : fields) request.set(name, value);
    request.body() = body;
    request.prepare_payload();
    beast::http::write(socket, request);
    beast::flat_buffer buffer;
    beast::http::response<beast::http::string_body> response;
    beast::http::read(socket, buffer, response);
    return {response.result_int(), response.body(), std::string(response[beast::http::field::content_type])};
}

}  // namespace hubbub::test
