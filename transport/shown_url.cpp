#include "transport/shown_url.hpp"

#include <algorithm>

namespace hubbub {

std::string without_secrets(std::string url) {
    if (const auto query = url.find('?'); query != std::string::npos)
        url.replace(query + 1, std::string::npos, "***");
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    const auto host = scheme + 3;
    const auto path = std::min(url.find('/', host), url.size());
    const auto user = url.substr(0, path).rfind('@');
    if (user != std::string::npos && user >= host) url.replace(host, user - host, "***");
    return url;
}

}  // namespace hubbub
