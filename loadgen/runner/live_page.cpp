#include "loadgen/runner/live_page.hpp"

#include <charconv>

#include "base/equal_secrets.hpp"
#include "transport/monotonic_clock.hpp"
#include "web/pages.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

/// A page that has not asked for so long is not looking any more.
constexpr std::int64_t looking_ms = 3'000;

std::int64_t now_ms() {
    return MonotonicClock().now().time_since_epoch() / 1ms;
}

std::string_view query_of(const HttpRequest& request) {
    const std::size_t mark = request.target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(request.target).substr(mark + 1);
}

std::string_view parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view one = query.substr(0, end);
        if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
            return one.substr(name.size() + 1);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return {};
}

std::size_t number(std::string_view text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

HttpAnswer guarded(HttpAnswer answer) {
    answer.fields.add("Cache-Control", "no-store");
    answer.fields.add("Referrer-Policy", "no-referrer");
    answer.fields.add("X-Content-Type-Options", "nosniff");
    answer.fields.add("X-Frame-Options", "DENY");
    return answer;
}

HttpAnswer only(const char* method) {
    HttpAnswer answer{405, std::string("only ") + method + " is served here\n"};
    answer.fields.add("Allow", method);
    return answer;
}

}  // namespace

HttpAnswer LivePage::figures(std::string_view query) {
    last_asked_ms_ = now_ms();
    const bool finished = view_.finished();
    HttpAnswer answer{200,
                      view_.json(number(parameter(query, "points")), number(parameter(query, "latency"))),
                      "application/json"};
    if (finished) {
        const std::lock_guard held(lock_);
        seen_ = true;
        somebody_saw_.notify_all();
    }
    return answer;
}

HttpAnswer LivePage::answer(const HttpRequest& request) {
    const std::string_view path = request.path(), query = query_of(request);
    if (path == "/") {
        if (request.method != "GET") return only("GET");
        if (!equal_secrets(parameter(query, "token"), options_.token))
            return {403, "this page needs the token that hubbub printed with its address\n"};
        return {200, std::string(live_page()), "text/html; charset=utf-8"};
    }
    if (path != "/figures" && path != "/stop") return {404, "nothing here\n"};
    // A header that no other site's page can make a browser send: it stops nobody's run.
    if (!equal_secrets(request.fields.get("Authorization"), "Bearer " + options_.token))
        return {403, "this needs the token of the page\n"};
    if (path == "/figures") return request.method == "GET" ? figures(query) : only("GET");
    if (request.method != "POST") return only("POST");
    options_.stop();
    return {202, "stopping\n"};
}

Result<std::unique_ptr<LivePage>> LivePage::start(LivePageOptions options, const LiveView& view) {
    HttpServerOptions http;
    http.name = "--web";
    http.address = options.address;
    http.port = options.port;
    http.connections_max = 64;
    http.body_bytes_max = 0;
    std::unique_ptr<LivePage> page(new LivePage(std::move(options), view));
    auto started =
        HttpServer::start(std::move(http), [self = page.get()](const HttpCall& call, const auto& give) {
            give(guarded(self->answer(call.request)));
        });
    if (!started) return started.error();
    page->http_ = std::move(*started);
    return page;
}

std::string LivePage::url() const {
    const bool v6 = options_.address.find(':') != std::string::npos;
    return "http://" + (v6 ? "[" + options_.address + "]" : options_.address) + ":" +
           std::to_string(http_->port()) + "/?token=" + options_.token;
}

void LivePage::linger(Duration longest) {
    const std::int64_t asked = last_asked_ms_;
    if (asked == 0 || now_ms() - asked > looking_ms) return;
    std::unique_lock held(lock_);
    somebody_saw_.wait_for(held, longest, [this] { return seen_; });
}

}  // namespace hubbub
