#include "transport/upgrade.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using Step = ServerUpgrade::Step;

// The example of RFC 6455 section 1.3.
constexpr const char* sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr const char* sample_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers good_headers() {
    return {{"Host", "here"},
            {"Upgrade", "websocket"},
            {"Connection", "keep-alive, Upgrade"},
            {"Sec-WebSocket-Version", "13"},
            {"Sec-WebSocket-Key", sample_key}};
}
Headers changed(Headers headers, const std::string& name, const std::string& value) {
    for (auto& header : headers) {
        if (header.first == name) {
            header.second = value;
            return headers;
        }
    }
    headers.emplace_back(name, value);
    return headers;
}
Headers with(const std::string& name, const std::string& value) {
    return changed(good_headers(), name, value);
}
Headers without(const std::string& name) {
    Headers out = good_headers();
    std::erase_if(out, [&](const auto& header) { return header.first == name; });
    return out;
}
std::string head(const Headers& headers, const std::string& first_line = "GET /chat HTTP/1.1") {
    std::string out = first_line + "\r\n";
    for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
    return out + "\r\n";
}

UpgradeRules rules() {
    UpgradeRules out;
    out.subprotocols = {"hubbub.v1.json", "hubbub.v1.bin"};
    return out;
}

struct Judged {
    Step step;
    std::string answer;
    [[nodiscard]] int status() const { return std::stoi(answer.substr(9, 3)); }
    [[nodiscard]] bool has(std::string_view text) const { return answer.find(text) != std::string::npos; }
};
Judged judge(const std::string& bytes, const UpgradeRules& by = rules()) {
    ServerUpgrade server(by);
    const Step step = server.feed(bytes);
    return {step, server.answer()};
}

TEST(ServerUpgrade, AcceptsTheExampleOfTheStandard) {
    EXPECT_EQ(accept_value(sample_key), sample_accept);
    const auto out = judge(head(good_headers()));
    EXPECT_EQ(out.step, Step::upgraded);
    EXPECT_EQ(out.status(), 101);
    EXPECT_TRUE(out.has(std::string("Sec-WebSocket-Accept: ") + sample_accept + "\r\n"));
    EXPECT_TRUE(out.has("Upgrade: websocket\r\n"));
    EXPECT_TRUE(out.has("Connection: Upgrade\r\n"));
    EXPECT_FALSE(out.has("Sec-WebSocket-Protocol"));
    EXPECT_TRUE(out.answer.ends_with("\r\n\r\n"));
}

TEST(ServerUpgrade, DeclinesExtensions) {
    const auto out = judge(head(with("Sec-WebSocket-Extensions", "permessage-deflate")));
    EXPECT_EQ(out.step, Step::upgraded);
    EXPECT_FALSE(out.has("Sec-WebSocket-Extensions"));
}

TEST(ServerUpgrade, ChoosesTheFirstOfferedSubprotocolThatItSpeaks) {
    const auto out = judge(head(with("Sec-WebSocket-Protocol", "chat, hubbub.v1.bin, hubbub.v1.json")));
    EXPECT_EQ(out.step, Step::upgraded);
    EXPECT_TRUE(out.has("Sec-WebSocket-Protocol: hubbub.v1.bin\r\n"));
}

TEST(ServerUpgrade, RefusesAClientThatOnlySpeaksOtherSubprotocols) {
    const auto out = judge(head(with("Sec-WebSocket-Protocol", "mqtt")));
    EXPECT_EQ(out.step, Step::answered);
    EXPECT_EQ(out.status(), 400);
    EXPECT_TRUE(out.has("hubbub.v1.json")) << "the answer says what is spoken";
}

TEST(ServerUpgrade, AnswersEachBrokenRequestWithItsStatus) {
    struct Case {
        const char* what;
        std::string bytes;
        int status;
    };
    const std::vector<Case> cases{
        {"not HTTP at all", "garbage\r\n\r\n", 400},
        {"an illegal header line", "GET /chat HTTP/1.1\r\nno colon\r\n\r\n", 400},
        {"a line without a name", "GET /chat HTTP/1.1\r\n: x\r\n\r\n", 400},
        {"HTTP/1.0", head(good_headers(), "GET /chat HTTP/1.0"), 400},
        {"no Host", head(without("Host")), 400},
        {"another method", head(good_headers(), "POST /chat HTTP/1.1"), 405},
        {"a body", head(with("Content-Length", "5")), 413},
        {"a chunked body", head(with("Transfer-Encoding", "chunked")), 413},
        {"another path", head(good_headers(), "GET /other HTTP/1.1"), 404},
        {"a path that begins alike", head(good_headers(), "GET /chatty HTTP/1.1"), 404},
        {"no Upgrade", head(without("Upgrade")), 426},
        {"another Upgrade", head(with("Upgrade", "h2c")), 426},
        {"no Connection", head(without("Connection")), 426},
        {"another Connection", head(with("Connection", "keep-alive")), 426},
        {"no version", head(without("Sec-WebSocket-Version")), 426},
        {"an old version", head(with("Sec-WebSocket-Version", "8")), 426},
        {"no key", head(without("Sec-WebSocket-Key")), 400},
        {"a short key", head(with("Sec-WebSocket-Key", "c2hvcnQ=")), 400},
        {"a key of 17 bytes", head(with("Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZmc=")), 400},
        {"a key outside the alphabet", head(with("Sec-WebSocket-Key", "dGhl!HNhbXBsZSBub25jZQ==")), 400},
    };
    for (const Case& each : cases) {
        const auto out = judge(each.bytes);
        EXPECT_EQ(out.step, Step::answered) << each.what;
        EXPECT_EQ(out.status(), each.status) << each.what;
        EXPECT_TRUE(out.has("Connection: close\r\n")) << each.what;
    }
}

TEST(ServerUpgrade, SaysWhichVersionAndMethodItTakes) {
    EXPECT_TRUE(judge(head(with("Sec-WebSocket-Version", "8"))).has("Sec-WebSocket-Version: 13\r\n"));
    EXPECT_TRUE(judge(head(good_headers(), "PUT /chat HTTP/1.1")).has("Allow: GET\r\n"));
}

TEST(ServerUpgrade, RefusesTlsAtItsFirstByte) {
    EXPECT_EQ(judge("\x16\x03\x01").status(), 400);
}

TEST(ServerUpgrade, RefusesAHeadWithoutEnd) {
    const UpgradeRules by = rules();
    ServerUpgrade server(by);
    std::string piece = "GET /chat HTTP/1.1\r\nX: ";
    std::size_t fed = 0;
    Step step = Step::need_more;
    while (step == Step::need_more && fed < 100'000) {
        step = server.feed(piece);
        fed += piece.size();
        piece = std::string(1000, 'x');
    }
    EXPECT_EQ(step, Step::answered);
    EXPECT_EQ(server.answer().substr(9, 3), "431");
    EXPECT_LE(fed, limits::http_head_bytes_max + piece.size());
}

TEST(ServerUpgrade, AsksWhetherTheOriginMayCome) {
    UpgradeRules by = rules();
    by.origin_allowed = [](std::string_view origin) { return origin == "https://good.example"; };
    EXPECT_EQ(judge(head(with("Origin", "https://good.example")), by).step, Step::upgraded);
    EXPECT_EQ(judge(head(with("Origin", "https://evil.example")), by).status(), 403);
    EXPECT_EQ(judge(head(good_headers()), by).step, Step::upgraded) << "no browser, no origin";
}

TEST(ServerUpgrade, LetsAHandlerAnswerOtherPaths) {
    UpgradeRules by = rules();
    by.other_paths = [](const HttpRequest& request) {
        HttpAnswer answer;
        answer.status = request.path() == "/healthz" ? 200 : 404;
        answer.body = "path=" + std::string(request.path());
        return answer;
    };
    const auto healthy = judge(head({{"Host", "here"}}, "GET /healthz?verbose=1 HTTP/1.1"), by);
    EXPECT_EQ(healthy.step, Step::answered);
    EXPECT_EQ(healthy.status(), 200);
    EXPECT_TRUE(healthy.has("Content-Length: 13\r\n"));
    EXPECT_TRUE(healthy.answer.ends_with("\r\n\r\npath=/healthz"));
    EXPECT_EQ(judge(head({{"Host", "here"}}, "GET / HTTP/1.1"), by).status(), 404);
}

RC_GTEST_PROP(ServerUpgrade, MayArriveInAnyPieces, ()) {
    const std::string frames = "\x81\x85mask-and-payload";
    const std::string bytes = head(good_headers()) + frames;
    const UpgradeRules by = rules();
    ServerUpgrade server(by);
    std::size_t at = 0;
    Step step = Step::need_more;
    while (step == Step::need_more) {
        RC_ASSERT(at < bytes.size());
        const auto size = *rc::gen::inRange<std::size_t>(1, bytes.size() - at + 1);
        step = server.feed(std::string_view(bytes).substr(at, size));
        at += size;
    }
    RC_ASSERT(step == Step::upgraded);
    RC_ASSERT(server.take_rest() + bytes.substr(at) == frames);
}

// ---- the client

const std::string nonce = "the sample nonce";  // of the standard's example

std::string answer(const Headers& headers, const std::string& line = "HTTP/1.1 101 Switching Protocols") {
    return head(headers, line);
}
Headers good_answer() {
    return {{"Upgrade", "WebSocket"}, {"Connection", "upgrade"}, {"Sec-WebSocket-Accept", sample_accept}};
}
std::string answer_with(const std::string& name, const std::string& value) {
    return answer(changed(good_answer(), name, value));
}

TEST(ClientUpgrade, AsksAsTheServerWants) {
    const ClientUpgrade client(nonce, {"hubbub.v1.json"});
    const std::string bytes = client.request("example.org:8080", "/chat?x=1", {{"Origin", "https://me"}});
    EXPECT_TRUE(bytes.starts_with("GET /chat?x=1 HTTP/1.1\r\n"));
    EXPECT_NE(bytes.find("Host: example.org:8080\r\n"), std::string::npos);
    EXPECT_NE(bytes.find(std::string("Sec-WebSocket-Key: ") + sample_key + "\r\n"), std::string::npos);
    EXPECT_NE(bytes.find("Origin: https://me\r\n"), std::string::npos);
    const auto out = judge(bytes);
    EXPECT_EQ(out.step, Step::upgraded);
    EXPECT_TRUE(out.has("Sec-WebSocket-Protocol: hubbub.v1.json\r\n"));
}

TEST(ClientUpgrade, TakesTheServersAnswerAndPassesOnWhatFollows) {
    ClientUpgrade client(nonce, {"hubbub.v1.json"});
    const auto out = judge(client.request("here", "/chat", {}));
    ASSERT_EQ(client.feed(out.answer + "\x81\x02hi"), ClientUpgrade::Step::upgraded);
    EXPECT_EQ(client.take_rest(), "\x81\x02hi");
}

TEST(ClientUpgrade, TellsWhatWasWrongWithAnAnswer) {
    struct Case {
        const char* what;
        std::string bytes;
        LinkEnd why;
        int detail;
    };
    Headers twice = good_answer();
    twice.emplace_back("Sec-WebSocket-Accept", sample_accept);
    const LinkEnd invalid = LinkEnd::upgrade_invalid;
    const std::vector<Case> cases{
        {"another status", answer({{"Content-Length", "0"}}, "HTTP/1.1 503 Busy"), LinkEnd::http_status, 503},
        {"no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", invalid, 0},
        {"a wrong accept value", answer_with("Sec-WebSocket-Accept", "AAAA"), invalid, 101},
        {"another upgrade", answer_with("Upgrade", "h2c"), invalid, 101},
        {"no upgrade of this connection", answer_with("Connection", "close"), invalid, 101},
        {"a subprotocol nobody offered", answer_with("Sec-WebSocket-Protocol", "mqtt"), invalid, 101},
        {"an extension", answer_with("Sec-WebSocket-Extensions", "permessage-deflate"), invalid, 101},
        {"two accept values", answer(twice), invalid, 101},
        {"a head without end", std::string(20'000, 'x'), invalid, 0},
    };
    for (const Case& each : cases) {
        ClientUpgrade client(nonce, {"hubbub.v1.json"});
        EXPECT_EQ(client.feed(each.bytes), ClientUpgrade::Step::failed) << each.what;
        EXPECT_EQ(client.why(), each.why) << each.what;
        EXPECT_EQ(client.detail(), each.detail) << each.what;
    }
    ClientUpgrade client(nonce, {"hubbub.v1.json"});
    EXPECT_EQ(client.feed(answer(good_answer())), ClientUpgrade::Step::upgraded) << "unchanged it is fine";
}

}  // namespace
}  // namespace hubbub
