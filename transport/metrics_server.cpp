#include "transport/metrics_server.hpp"

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "transport/http_server.hpp"

namespace hubbub {

std::string metrics_text(const std::vector<const prometheus::Collectable*>& collectables) {
    std::vector<prometheus::MetricFamily> families;
    for (const prometheus::Collectable* source : collectables) {
        auto more = source->Collect();
        std::move(more.begin(), more.end(), std::back_inserter(families));
    }
    return prometheus::TextSerializer().Serialize(families);
}

namespace {

HttpAnswer answer_to(const HttpRequest& request, const MetricsSources& sources) {
    if (request.method != "GET") {
        HttpAnswer answer{405, "only GET is served here\n"};
        answer.fields.add("Allow", "GET");
        return answer;
    }
    const std::string path(request.path());
    if (path == "/metrics")
        return {200, metrics_text(sources.collectables), "text/plain; version=0.0.4; charset=utf-8"};
    const auto page = sources.pages.find(path);
    if (page == sources.pages.end()) return {404, "nothing here\n"};
    return page->second();
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(MetricsOptions options, MetricsSources sources) {
    HttpServerOptions http;
    http.name = "metrics";
    http.address = std::move(options.address);
    http.port = options.port;
    http.connections_max = options.connections_max;
    http.body_bytes_max = 0;
    http.read_max = options.deadline;
    auto started = HttpServer::start(
        std::move(http), [sources = std::move(sources)](const HttpCall& call, const auto& answer) {
            answer(answer_to(call.request, sources));
        });
    if (!started) return started.error();
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(*started)));
}

MetricsServer::MetricsServer(std::unique_ptr<HttpServer> http) : http_(std::move(http)) {}

MetricsServer::~MetricsServer() = default;

std::uint16_t MetricsServer::port() const {
    return http_->port();
}

}  // namespace hubbub
