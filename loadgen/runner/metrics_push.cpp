#include "loadgen/runner/metrics_push.hpp"

#include "base/base64url.hpp"
#include "transport/address.hpp"
#include "transport/http_client.hpp"

namespace hubbub {
namespace {

std::string percent_encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || c == '.' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out += c;
        else
            (((out += '%') += digits[byte >> 4]) += digits[byte & 15]);
    }
    return out;
}

std::string path_element(const std::string& name, const std::string& value) {
    // "=" alone stands for the empty value: a path cannot end in nothing.
    if (value.empty()) return "/" + name + "@base64/=";
    // "." and ".." would be taken for folders on the way.
    const bool encode = value.find('/') != std::string::npos || value == "." || value == "..";
    return "/" + name + (encode ? "@base64/" + base64url_encode(value) : "/" + percent_encoded(value));
}

}  // namespace

std::string push_path(const std::string& job, const std::string& instance) {
    return "/metrics" + path_element("job", job) + path_element("instance", instance);
}

MetricsPush::MetricsPush(PushOptions options, std::function<std::string()> text, Log& log)
    : options_(std::move(options)), text_(std::move(text)), log_(log), thread_([this] { run(); }) {}

MetricsPush::~MetricsPush() {
    {
        const std::lock_guard lock(mutex_);
        end_ = true;
    }
    ending_.notify_one();
    thread_.join();
}

void MetricsPush::run() {
    bool warned = false;
    for (bool last = false; !last;) {
        {
            std::unique_lock lock(mutex_);
            last = ending_.wait_for(lock, options_.every, [this] { return end_; });
        }
        const std::string failure = push();
        if (!failure.empty() && (last || !warned))
            log_.warn("no metrics pushed to " + options_.url + ": " + failure +
                      (last ? "" : "; the run goes on, and tries again"));
        warned = !failure.empty();
    }
}

std::string MetricsPush::push() const {
    const auto gateway = resolve_http(options_.url);
    if (!gateway) return gateway.error().message;
    HttpRequest request;
    request.method = "PUT";  // replaces the group: nothing of an earlier run stays beside this one
    std::string base = gateway->target;
    while (base.ends_with('/')) base.pop_back();
    request.target = base + push_path(options_.job, options_.instance);
    request.fields.add("Host", gateway->host);
    request.fields.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    std::string numeric = gateway->address.text();
    numeric.resize(numeric.rfind(':'));
    if (numeric.starts_with('[')) numeric = numeric.substr(1, numeric.size() - 2);
    const auto answer = http_request(numeric, gateway->address.port(), request, text_(), options_.deadline);
    if (!answer) return answer.error().message;
    if (answer->status / 100 == 2) return {};
    return "it answered " + std::to_string(answer->status) + " " + answer->body.substr(0, 200);
}

}  // namespace hubbub
