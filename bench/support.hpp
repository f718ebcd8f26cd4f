// What the large benchmarks share: one result line, a scrape of the server's own counters, a WebSocket user
// without checks. One thread.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/websocket.hpp"

namespace hubbub::bench {

/// `name value unit ratio`: the form of every benchmark here.
inline void print(std::string_view name, double value, std::string_view unit, std::string_view ratio = "-") {
    std::printf("%-44.*s %14.3f  %-24.*s %.*s\n", static_cast<int>(name.size()), name.data(), value,
                static_cast<int>(unit.size()), unit.data(), static_cast<int>(ratio.size()), ratio.data());
    std::fflush(stdout);
}

/// GET http://127.0.0.1:port/metrics, headers included; empty when it cannot be had.
inline std::string scrape(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string out;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
        constexpr std::string_view request =
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        if (write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
            char buffer[65536];
            for (ssize_t got = 0; (got = read(fd, buffer, sizeof buffer)) > 0;)
                out.append(buffer, static_cast<std::size_t>(got));
        }
    }
    ::close(fd);
    return out;
}

/// The sample whose line begins with `sample` (name and labels as written); 0 when absent.
inline double metric(const std::string& text, const std::string& sample) {
    const auto at = text.find("\n" + sample + " ");
    return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + sample.size() + 2, nullptr);
}

/// The number behind `"key":` in a flat JSON object that we know the writer of.
inline std::uint64_t number_in(std::string_view json, std::string_view key) {
    const auto at = json.find(key);
    return at == std::string_view::npos ? 0 : std::strtoull(json.data() + at + key.size(), nullptr, 10);
}

}  // namespace hubbub::bench
