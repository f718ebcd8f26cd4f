#include "cli/live_web.hpp"

#include <sys/random.h>

#include <array>

#include "base/base64url.hpp"
#include "cli/address.hpp"

namespace hubbub::cli {

Result<std::unique_ptr<LivePage>> open_live_page(const std::string& listen, const LiveView& view,
                                                 std::function<void()> stop) {
    const auto address = parse_host_port(listen);
    if (!address) return fail("--web " + address.error().message);
    std::array<char, 18> random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        return fail("--web: the system gives no random bytes for a token");
    LivePageOptions options;
    options.address = address->host;
    options.port = address->port;
    options.token = base64url_encode({random.data(), random.size()});
    options.stop = std::move(stop);
    return LivePage::start(std::move(options), view);
}

}  // namespace hubbub::cli
