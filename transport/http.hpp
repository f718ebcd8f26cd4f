// HTTP heads as plain values: what the upgrade needs of HTTP/1.1, without a socket and without Beast's
// headers. Values; any thread. The parsing and writing behind it is Boost.Beast's (RFC 9112).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hubbub {

/// Header fields in the order of their arrival; names compare without case.
struct HttpFields {
    std::vector<std::pair<std::string, std::string>> list;
    void add(std::string name, std::string value) { list.emplace_back(std::move(name), std::move(value)); }
    [[nodiscard]] std::size_t count(std::string_view name) const;
    /// The first value, empty when absent.
    [[nodiscard]] std::string_view get(std::string_view name) const;
    /// Elements of comma-separated lists, over all fields of that name; reading stops where a list is
    /// malformed.
    [[nodiscard]] std::vector<std::string> tokens(std::string_view name) const;
    /// Whether the list holds `token`, without case.
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
};

struct HttpRequest {
    std::string method;
    std::string target;  ///< path and query
    int version = 11;    ///< 10 or 11
    HttpFields fields;
    [[nodiscard]] std::string_view path() const {
        return std::string_view(target).substr(0, target.find('?'));
    }
};

struct HttpResponse {
    int status = 0;
    HttpFields fields;
};

/// What a handler answers. The connection is closed after it.
struct HttpAnswer {
    int status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
    HttpFields fields = {};  ///< further ones (Allow, Sec-WebSocket-Version, ...)
};

/// A whole head, its empty line included. Nothing when it is no HTTP/1.x head.
std::optional<HttpRequest> parse_request_head(std::string_view head);
std::optional<HttpResponse> parse_response_head(std::string_view head);

/// GET `target` with these fields and no body.
std::string write_request(std::string_view target, const HttpFields& fields);
/// A 101 without body.
std::string write_switching_protocols(const HttpFields& fields);
/// Status line, Content-Length, Connection: close, body.
std::string write_answer(const HttpAnswer& answer);

/// RFC 3986 section 2.1. Nothing when an escape is broken.
std::optional<std::string> percent_decoded(std::string_view text);

bool equal_without_case(std::string_view a, std::string_view b);

/// Collects a head that arrives in any pieces.
class HttpHeadBuffer {
  public:
    enum class State { need_more, complete, too_long };
    /// `bytes` may reach beyond the head.
    State feed(std::string_view bytes, std::size_t head_bytes_max);
    /// Once complete: the head with its empty line.
    [[nodiscard]] std::string_view head() const { return std::string_view(bytes_).substr(0, end_); }
    /// Once complete: what followed the head.
    [[nodiscard]] std::string take_rest() { return bytes_.substr(end_); }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

  private:
    std::string bytes_;
    std::size_t end_ = 0;
};

}  // namespace hubbub
