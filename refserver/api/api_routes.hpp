// The table of routes and what each does. Owned by the Api; its thread only, backups apart.
#pragma once

#include <atomic>
#include <span>
#include <string_view>
#include <thread>

#include "refserver/api/api.hpp"
#include "refserver/api/api_desk.hpp"
#include "refserver/api/api_door.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {

struct ApiContext {
    ApiContext(ApiHost& lender, const ApiOptions& options)
        : host(lender), door(lender, options.authenticator, options.user_sends), desk(lender, door) {}
    ~ApiContext() {
        if (backup.joinable()) backup.join();
    }
    ApiHost& host;
    ApiDoor door;
    ApiDesk desk;
    MonotonicClock clock;
    std::unique_ptr<Codec> codec = make_json_codec();
    std::thread backup;  ///< at most one at a time
    std::atomic<bool> backing_up{false};
};

/// What a route needs of a request before it is called.
enum class ApiNeeds : std::uint8_t { nothing, user, user_and_body, admin, admin_and_body };

/// One row of the table that routes requests, and that docs/openapi.yaml is held to.
struct ApiRouteName {
    std::string_view method, path;
    bool admin = false;
};
struct ApiRoute {
    ApiRouteName name;
    ApiNeeds needs;
    void (*handle)(ApiContext&, ApiCall&&);
};
std::span<const ApiRoute> api_route_table();

}  // namespace hubbub
