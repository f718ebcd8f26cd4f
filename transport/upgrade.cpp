#include "transport/upgrade.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/assert.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

namespace {

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL writes a terminating zero
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

/// Base64 of exactly 16 bytes: 22 characters and "==".
bool valid_key(std::string_view key) {
    const auto in_alphabet = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
    };
    return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), in_alphabet);
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
    return out;
}

}  // namespace

std::string accept_value(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    const int done = EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
    HUBBUB_ASSERT(done == 1, "SHA-1 is not available");
    return base64({reinterpret_cast<const char*>(digest.data()), length});
}

// ---- server

ServerUpgrade::Step ServerUpgrade::feed(std::string_view bytes) {
    const auto state = buffer_.feed(bytes, limits::http_head_bytes_max);
    // A method begins with a letter. Anything else (TLS on a plain port) is refused now, not at the deadline.
    const auto all = buffer_.bytes();
    if (!all.empty() && std::isalpha(static_cast<unsigned char>(all.front())) == 0) {
        return refuse(400, "this is not HTTP/1.1");
    }
    if (state == HttpHeadBuffer::State::need_more) return Step::need_more;
    if (state == HttpHeadBuffer::State::too_long) return refuse(431, "the request head is too long");
    const auto request = parse_request_head(buffer_.head());
    if (!request) return refuse(400, "this is not HTTP/1.1");
    return judge(*request);
}

ServerUpgrade::Step ServerUpgrade::judge(const HttpRequest& request) {
    if (request.version != 11) return refuse(400, "HTTP/1.1 is needed");
    if (request.fields.count("Host") != 1) return refuse(400, "exactly one Host header is needed");
    if (request.method != "GET") {
        return answer_with(
            {405, "only GET is served here\n", "text/plain; charset=utf-8", {{{"Allow", "GET"}}}});
    }
    const auto length = request.fields.get("Content-Length");
    if (request.fields.count("Transfer-Encoding") != 0 || (!length.empty() && length != "0")) {
        return refuse(413, "a request with a body is not served here");
    }
    if (request.path() == rules_->path) return judge_upgrade(request);
    if (!rules_->other_paths) return refuse(404, "nothing here");
    return answer_with(rules_->other_paths(request));
}

ServerUpgrade::Step ServerUpgrade::judge_upgrade(const HttpRequest& request) {
    const HttpFields& fields = request.fields;
    const HttpFields come_back{{{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}}};
    if (!fields.has_token("Upgrade", "websocket") || !fields.has_token("Connection", "upgrade")) {
        return answer_with({426, "this is a WebSocket endpoint\n", "text/plain; charset=utf-8", come_back});
    }
    if (fields.get("Sec-WebSocket-Version") != "13") {
        return answer_with(
            {426, "WebSocket version 13 is spoken here\n", "text/plain; charset=utf-8", come_back});
    }
    const std::string_view key = fields.get("Sec-WebSocket-Key");
    if (fields.count("Sec-WebSocket-Key") != 1 || !valid_key(key)) {
        return refuse(400, "Sec-WebSocket-Key must be base64 of 16 bytes");
    }
    if (fields.count("Origin") != 0 && rules_->origin_allowed &&
        !rules_->origin_allowed(fields.get("Origin"))) {
        return refuse(403, "this origin is not allowed");
    }
    HttpFields answer{
        {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept_value(key)}}};
    if (fields.count("Sec-WebSocket-Protocol") != 0) {
        // The client's order is its preference (RFC 6455 section 4.1, item 10).
        const auto offered = fields.tokens("Sec-WebSocket-Protocol");
        const auto chosen = std::ranges::find_if(offered, [&](const std::string& each) {
            return std::ranges::find(rules_->subprotocols, each) != rules_->subprotocols.end();
        });
        if (chosen == offered.end()) {
            return refuse(400,
                          "none of the offered subprotocols is spoken here: " + joined(rules_->subprotocols));
        }
        answer.add("Sec-WebSocket-Protocol", *chosen);
    }
    answer_ = write_switching_protocols(answer);
    return Step::upgraded;
}

ServerUpgrade::Step ServerUpgrade::answer_with(HttpAnswer answer) {
    answer_ = write_answer(answer);
    return Step::answered;
}

ServerUpgrade::Step ServerUpgrade::refuse(int status, std::string_view why) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = std::string(why) + "\n";
    return answer_with(std::move(answer));
}

// ---- client

ClientUpgrade::ClientUpgrade(std::string_view key, std::vector<std::string> offered_subprotocols)
    : key_(base64(key)), offered_(std::move(offered_subprotocols)) {
    HUBBUB_ASSERT(key.size() == 16, "RFC 6455 section 4.1: the nonce has 16 bytes");
}

std::string ClientUpgrade::request(std::string_view host, std::string_view target,
                                   const std::vector<std::pair<std::string, std::string>>& extra) const {
    HttpFields fields{{{"Host", std::string(host)},
                       {"Upgrade", "websocket"},
                       {"Connection", "Upgrade"},
                       {"Sec-WebSocket-Key", key_},
                       {"Sec-WebSocket-Version", "13"}}};
    if (!offered_.empty()) fields.add("Sec-WebSocket-Protocol", joined(offered_));
    for (const auto& [name, value] : extra) fields.add(name, value);
    return write_request(target, fields);
}

ClientUpgrade::Step ClientUpgrade::feed(std::string_view bytes) {
    switch (buffer_.feed(bytes, limits::http_head_bytes_max)) {
        case HttpHeadBuffer::State::need_more:
            return Step::need_more;
        case HttpHeadBuffer::State::too_long:
            return failed(LinkEnd::upgrade_invalid, 0);
        case HttpHeadBuffer::State::complete:
            break;
    }
    const auto response = parse_response_head(buffer_.head());
    if (!response) return failed(LinkEnd::upgrade_invalid, 0);
    if (response->status != 101) return failed(LinkEnd::http_status, response->status);
    if (!valid(*response)) return failed(LinkEnd::upgrade_invalid, response->status);
    return Step::upgraded;
}

bool ClientUpgrade::valid(const HttpResponse& response) const {
    const HttpFields& fields = response.fields;
    if (!equal_without_case(fields.get("Upgrade"), "websocket")) return false;
    if (!fields.has_token("Connection", "upgrade")) return false;
    if (fields.count("Sec-WebSocket-Accept") != 1) return false;
    if (fields.get("Sec-WebSocket-Accept") != accept_value(key_)) return false;
    // None was offered, so none may be answered (RFC 6455 section 4.1).
    if (fields.count("Sec-WebSocket-Extensions") != 0) return false;
    if (fields.count("Sec-WebSocket-Protocol") == 0) return true;
    return std::ranges::find(offered_, fields.get("Sec-WebSocket-Protocol")) != offered_.end();
}

ClientUpgrade::Step ClientUpgrade::failed(LinkEnd why, int detail) {
    why_ = why;
    detail_ = detail;
    return Step::failed;
}

}  // namespace hubbub
