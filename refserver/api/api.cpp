#include "refserver/api/api.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <optional>

#include "base/equal_secrets.hpp"
#include "protocol/limits.hpp"
#include "refserver/api/api_routes.hpp"
#include "transport/inbox.hpp"

namespace hubbub {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = std::min(text.find(at), text.size());
        parts.push_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

/// Whether the path has the pattern's form; fills what stands for {name}.
bool matches(std::string_view pattern, std::string_view path, Parameters& names) {
    const auto want = split(pattern, '/'), have = split(path, '/');
    if (want.size() != have.size()) return false;
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (want[i].empty() || want[i].front() != '{') {
            if (want[i] != have[i]) return false;
            continue;
        }
        const auto value = percent_decoded(have[i]);
        if (!value) return false;
        names[std::string(want[i].substr(1, want[i].size() - 2))] = *value;
    }
    return true;
}

bool query_of(std::string_view target, Parameters& query) {
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return true;
    for (const std::string_view pair : split(target.substr(mark + 1), '&')) {
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = percent_decoded(pair.substr(0, equals));
        const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) return false;
        query[*name] = *value;
    }
    return true;
}

bool is_loopback(std::string_view address) {
    return address.substr(0, 4) == "127." || address == "::1";
}

}  // namespace

struct Api::Impl {
    Impl(const ApiOptions& with, ApiHost& host)
        : options(with), context(host, with), mails(limits::mailbox_mails_max) {}

    void handle(HttpCall http, HttpServer::Answer answer);
    bool prepare(const ApiRoute& route, ApiCall& call);
    bool is_admin(const ApiCall& call) const;
    bool take_user(ApiCall& call);
    static bool take_body(ApiCall& call);
    void deliver();

    const ApiOptions options;
    ApiContext context;
    Inbox<ShardMail> mails;
    std::vector<ShardMail> taken;
    std::unique_ptr<HttpServer> http;
    /// For deliver(): nobody is asked anything before it is set.
    std::atomic<HttpServer*> running{nullptr};
};

void Api::Impl::handle(HttpCall http_call, HttpServer::Answer answer) {
    running.wait(nullptr);  // start() is about to say so
    context.host.api_figures().requests.add();
    ApiCall call;
    call.http = std::move(http_call);
    call.answer = std::move(answer);
    const std::string target = call.http.request.target;
    const std::string_view path = call.http.request.path();
    std::string allowed;
    for (const ApiRoute& route : api_route_table()) {
        Parameters found;
        if (!matches(route.name.path, path, found)) continue;
        if (route.name.method != call.http.request.method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.name.method);
            continue;
        }
        call.path = std::move(found);
        if (!query_of(target, call.query))
            return call.answer(api_error(ErrorCode::bad_message, "the query is not percent-encoded"));
        if (prepare(route, call)) route.handle(context, std::move(call));
        return;
    }
    if (allowed.empty())
        return call.answer(api_error(ErrorCode::bad_message, "no such path; GET /v1/routes names all", 404));
    HttpAnswer refusal = api_error(ErrorCode::bad_message, "this path takes " + allowed, 405);
    refusal.fields.add("Allow", allowed);
    call.answer(std::move(refusal));
}

/// False: the request was answered.
bool Api::Impl::prepare(const ApiRoute& route, ApiCall& call) {
    const bool admin = route.needs == ApiNeeds::admin || route.needs == ApiNeeds::admin_and_body;
    call.admin = admin;
    const bool user = route.needs == ApiNeeds::user || route.needs == ApiNeeds::user_and_body;
    const bool body = route.needs == ApiNeeds::admin_and_body || route.needs == ApiNeeds::user_and_body;
    if (admin && !is_admin(call)) {
        const std::string detail = call.http.request.method + " " + call.http.request.target.substr(0, 200);
        context.host.audit({"denied", "admin", {}, 0, {}, detail});
        call.answer(api_error(ErrorCode::unauthenticated, "administrators only"));
        return false;
    }
    return (!user || take_user(call)) && (!body || take_body(call));
}

/// Without a token the loopback interface is the proof, and a page in a browser of this machine must not be
/// able to use it: pages send an Origin, and a name that was rebound to this machine stands in Host.
bool Api::Impl::is_admin(const ApiCall& call) const {
    const HttpFields& fields = call.http.request.fields;
    if (!options.admin_token.empty()) {
        return equal_secrets(bearer_of(fields), options.admin_token);
    }
    const std::string_view host = fields.get("Host");
    const bool local = host.substr(0, 4) == "127." || host.substr(0, 5) == "[::1]" ||
                       host.substr(0, host.find(':')) == "localhost";
    return is_loopback(options.address) && fields.count("Origin") == 0 && local;
}

bool Api::Impl::take_user(ApiCall& call) {
    const HttpFields& fields = call.http.request.fields;
    call.user = fields.get("Hubbub-User");
    call.device = fields.count("Hubbub-Device") ? std::string(fields.get("Hubbub-Device")) : "api";
    if (!context.desk.names_are_good(call.user, call.device)) {
        call.answer(
            api_error(ErrorCode::unauthenticated,
                      "the header Hubbub-User (and Hubbub-Device) names who you are, in 1 to 64 bytes"));
        return false;
    }
    if (auto refusal = context.door.refuse(call, context.clock.now())) {
        call.answer(std::move(*refusal));
        return false;
    }
    return true;
}

bool Api::Impl::take_body(ApiCall& call) {
    boost::system::error_code error;
    boost::json::parse_options how;
    how.max_depth = limits::json_depth_max;
    auto parsed = boost::json::parse(call.http.body, error, {}, how);
    if (!error && parsed.is_object()) {
        call.body = std::move(parsed.get_object());
        return true;
    }
    call.answer(api_error(ErrorCode::bad_message, "the body is not a JSON object"));
    return false;
}

void Api::Impl::deliver() {
    mails.take(taken);
    for (const ShardMail& mail : taken) {
        if (const auto* revoked = std::get_if<RevokeMail>(&mail))
            context.door.revoke(revoked->revocation, context.clock.now());
        else
            context.desk.deliver(mail);
    }
}

Result<std::unique_ptr<Api>> Api::start(const ApiOptions& options, ApiHost& host) {
    auto impl = std::make_unique<Impl>(options, host);
    HttpServerOptions http;
    http.name = "api";
    http.address = options.address;
    http.port = options.port;
    http.body_bytes_max = limits::client_message_bytes_max;
    http.answer_max = std::chrono::seconds(30);  // a backup writes memory out first
    http.too_late = api_error(ErrorCode::unknown_outcome, "no answer in time");
    http.too_large = api_error(ErrorCode::too_large, "the body is too large");
    auto started =
        HttpServer::start(std::move(http), [&api = *impl](HttpCall call, HttpServer::Answer answer) {
            api.handle(std::move(call), std::move(answer));
        });
    if (!started) return started.error();
    impl->http = std::move(*started);
    impl->running.store(impl->http.get());
    impl->running.notify_all();
    return std::unique_ptr<Api>(new Api(std::move(impl)));
}

Api::Api(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

/// The shards have stopped: nobody delivers any more.
Api::~Api() {
    impl_->http.reset();
}

bool Api::deliver(ShardMail&& mail) {
    const auto put = impl_->mails.put(std::move(mail));
    if (put == Inbox<ShardMail>::Put::first) impl_->running.load()->post([&api = *impl_] { api.deliver(); });
    return put != Inbox<ShardMail>::Put::refused;
}

std::uint16_t Api::port() const {
    return impl_->http->port();
}

}  // namespace hubbub
