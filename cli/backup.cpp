#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "cli/address.hpp"
#include "cli/load.hpp"
#include "refserver/store/rocksdb_backup.hpp"
#include "transport/http_client.hpp"

namespace hubbub::cli {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_unreachable = 3;

int failed(int code, const std::string& message) {
    std::fprintf(stderr, "hubbub: %s\n", message.c_str());
    return code;
}

}  // namespace

int backup(const BackupOptions& options) {
    const auto where = parse_host_port(options.api);
    if (!where) return usage_error("--api " + where.error().message);
    HttpRequest request;
    request.method = "PUT";
    request.target = "/v1/admin/backups/" + options.name;
    // From the environment alone: a command line can be read by every user of the machine.
    if (const char* token = std::getenv("HUBBUB_ADMIN_TOKEN"))
        request.fields.add("Authorization", std::string("Bearer ") + token);
    const auto answer = http_request(where->host, where->port, request, {}, std::chrono::minutes(1));
    if (!answer) return failed(exit_unreachable, answer.error().message);
    if (answer->status != 201)
        return failed(exit_failed, "no backup: HTTP " + std::to_string(answer->status) + " " + answer->body);
    std::printf("%s\n", answer->body.c_str());
    return 0;
}

int restore(const std::string& from, const std::string& to) {
    const auto restored = restore_backup(from, to, static_cast<Epoch>(std::time(nullptr)));
    if (!restored) return failed(exit_failed, restored.error().message);
    std::printf("restored %s: %llu bytes, checked, epoch %llu\n", to.c_str(),
                static_cast<unsigned long long>(restored->bytes),
                static_cast<unsigned long long>(restored->epoch));
    return 0;
}

}  // namespace hubbub::cli
