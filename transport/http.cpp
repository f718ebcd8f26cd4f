#include "transport/http.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include "protocol/limits.hpp"

namespace hubbub {

namespace http = boost::beast::http;
namespace asio = boost::asio;

namespace {

boost::beast::string_view beast_view(std::string_view text) {
    return {text.data(), text.size()};
}

template <bool is_request>
bool parse(http::parser<is_request, http::empty_body>& parser, std::string_view head) {
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.skip(true);  // a body, if one is announced, is judged by whoever reads the fields
    boost::system::error_code error;
    parser.put(asio::const_buffer(head.data(), head.size()), error);
    return !error && parser.is_header_done();
}

template <class Message>
HttpFields fields_of(const Message& message) {
    HttpFields out;
    for (const auto& field : message) out.add(std::string(field.name_string()), std::string(field.value()));
    return out;
}

template <class Message>
std::string write(Message& message) {
    http::serializer<Message::is_request::value, typename Message::body_type> serializer(message);
    std::string out;
    boost::system::error_code error;
    while (!serializer.is_done() && !error) {
        serializer.next(error, [&](boost::system::error_code&, const auto& buffers) {
            std::size_t taken = 0;
            for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers);
                 ++it) {
                const asio::const_buffer buffer = *it;
                out.append(static_cast<const char*>(buffer.data()), buffer.size());
                taken += buffer.size();
            }
            serializer.consume(taken);
        });
    }
    return out;
}

template <class Message>
void insert_all(Message& message, const HttpFields& fields) {
    for (const auto& [name, value] : fields.list) message.insert(beast_view(name), beast_view(value));
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        const char low = static_cast<char>(c | 0x20);
        return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
        out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
        i += 2;
    }
    return out;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return boost::beast::iequals(beast_view(a), beast_view(b));
}

std::size_t HttpFields::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        list, [&](const auto& field) { return equal_without_case(field.first, name); }));
}

std::string_view HttpFields::get(std::string_view name) const {
    for (const auto& field : list) {
        if (equal_without_case(field.first, name)) return field.second;
    }
    return {};
}

std::vector<std::string> HttpFields::tokens(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [field, value] : list) {
        if (!equal_without_case(field, name)) continue;
        for (const auto token : http::token_list(beast_view(value))) out.emplace_back(token);
    }
    return out;
}

bool HttpFields::has_token(std::string_view name, std::string_view token) const {
    const auto all = tokens(name);
    return std::ranges::any_of(all, [&](const std::string& each) { return equal_without_case(each, token); });
}

std::optional<HttpRequest> parse_request_head(std::string_view head) {
    http::request_parser<http::empty_body> parser;
    if (!parse(parser, head)) return std::nullopt;
    const auto& message = parser.get();
    HttpRequest out;
    out.method = std::string(message.method_string());
    out.target = std::string(message.target());
    out.version = static_cast<int>(message.version());
    out.fields = fields_of(message);
    return out;
}

std::optional<HttpResponse> parse_response_head(std::string_view head) {
    http::response_parser<http::empty_body> parser;
    if (!parse(parser, head)) return std::nullopt;
    HttpResponse out;
    out.status = static_cast<int>(parser.get().result_int());
    out.fields = fields_of(parser.get());
    return out;
}

std::string write_request(std::string_view target, const HttpFields& fields) {
    http::request<http::empty_body> message(http::verb::get, beast_view(target), 11);
    insert_all(message, fields);
    return write(message);
}

std::string write_switching_protocols(const HttpFields& fields) {
    http::response<http::empty_body> message(http::status::switching_protocols, 11);
    insert_all(message, fields);
    return write(message);
}

std::string write_answer(const HttpAnswer& answer) {
    http::response<http::string_body> message;
    message.version(11);
    message.result(static_cast<unsigned>(answer.status));
    message.set(http::field::content_type, beast_view(answer.content_type));
    message.set(http::field::connection, "close");
    insert_all(message, answer.fields);
    message.body() = answer.body;
    message.prepare_payload();
    return write(message);
}

HttpHeadBuffer::State HttpHeadBuffer::feed(std::string_view bytes, std::size_t head_bytes_max) {
    // The end may straddle two pieces: look again at the last three bytes.
    const std::size_t from = bytes_.size() < 3 ? 0 : bytes_.size() - 3;
    bytes_.append(bytes);
    const std::size_t found = bytes_.find("\r\n\r\n", from);
    if (found == std::string::npos) {
        return bytes_.size() > head_bytes_max ? State::too_long : State::need_more;
    }
    end_ = found + 4;
    return end_ > head_bytes_max ? State::too_long : State::complete;
}

}  // namespace hubbub
