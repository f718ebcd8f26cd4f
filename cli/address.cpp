#include "cli/address.hpp"

#include <charconv>

namespace hubbub::cli {

Result<HostPort> parse_host_port(const std::string& text) {
    const auto colon = text.rfind(':');
    HostPort out;
    if (colon != std::string::npos) {
        out.host = text.substr(0, colon);
        const std::string port = text.substr(colon + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
        if (error == std::errc{} && end == port.data() + port.size() && !port.empty()) {
            if (out.host.empty()) out.host = "127.0.0.1";
            if (out.host.front() == '[' && out.host.back() == ']')
                out.host = out.host.substr(1, out.host.size() - 2);
            return out;
        }
    }
    return fail("'" + text + "': expected address:port, such as 127.0.0.1:8080");
}

}  // namespace hubbub::cli
