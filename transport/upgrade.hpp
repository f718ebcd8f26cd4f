// The HTTP handshake that turns a TCP connection into a WebSocket (RFC 6455 section 4), both roles, over
// bytes. Owned by one link slot until it is open; its loop's thread only. No sockets.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/links.hpp"
#include "transport/http.hpp"

namespace hubbub {

/// What a server accepts.
struct UpgradeRules {
    std::string path = "/chat";
    /// Those spoken here. A client that offers none is accepted as it is; one that offers only others gets a
    /// 400.
    std::vector<std::string> subprotocols;
    /// Asked when an Origin header is there (browsers); unset: every origin is fine.
    std::function<bool(std::string_view origin)> origin_allowed;
    /// Asked last, when all else is right, with the peer's address without its port: a refusal (429, 503), or
    /// nothing. Unset: everybody may come.
    std::function<std::optional<HttpAnswer>(std::string_view peer, Time now)> admit;
    /// GET requests for other paths (/healthz, /readyz); called on the loop's thread. Unset: 404.
    std::function<HttpAnswer(const HttpRequest&)> other_paths;
};

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 section 4.2.2, item 5.4).
std::string accept_value(std::string_view key);

class ServerUpgrade {
  public:
    enum class Step {
        need_more,
        upgraded,  ///< send answer(), then WebSocket bytes follow; rest() is the first of them
        answered,  ///< send answer(), then close
    };
    explicit ServerUpgrade(const UpgradeRules& rules) : rules_(&rules) {}  ///< `rules` must outlive it
    Step feed(std::string_view bytes);
    [[nodiscard]] const std::string& answer() const { return answer_; }
    [[nodiscard]] std::string take_rest() { return buffer_.take_rest(); }

  private:
    Step judge(const HttpRequest& request);
    Step judge_upgrade(const HttpRequest& request);
    Step answer_with(HttpAnswer answer);
    Step refuse(int status, std::string_view why);

    const UpgradeRules* rules_;
    HttpHeadBuffer buffer_;
    std::string answer_;
};

class ClientUpgrade {
  public:
    enum class Step {
        need_more,
        upgraded,  ///< rest() is the first of the WebSocket bytes
        failed,    ///< why() and detail() say it
    };
    /// `key`: 16 fresh random bytes.
    ClientUpgrade(std::string_view key, std::vector<std::string> offered_subprotocols);
    /// The request's bytes. `extra`: further headers, sent as they are.
    [[nodiscard]] std::string request(std::string_view host, std::string_view target,
                                      const std::vector<std::pair<std::string, std::string>>& extra) const;
    Step feed(std::string_view bytes);
    [[nodiscard]] std::string take_rest() { return buffer_.take_rest(); }
    [[nodiscard]] LinkEnd why() const { return why_; }
    [[nodiscard]] int detail() const { return detail_; }  ///< the HTTP status, if there was one

  private:
    [[nodiscard]] bool valid(const HttpResponse& response) const;
    Step failed(LinkEnd why, int detail);

    std::string key_;  // base64
    std::vector<std::string> offered_;
    HttpHeadBuffer buffer_;
    LinkEnd why_{};
    int detail_ = 0;
};

}  // namespace hubbub
