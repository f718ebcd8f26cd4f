#include "cli/trace.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "transport/descriptor.hpp"

namespace hubbub::cli {
namespace {

/// user=17, user=u17
std::optional<std::uint32_t> user_in(std::string_view text) {
    if (!text.starts_with("user=")) return std::nullopt;
    text.remove_prefix(5);
    if (text.starts_with("u")) text.remove_prefix(1);
    std::uint32_t user = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), user);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return user;
}

}  // namespace

Result<std::optional<WorkerOptions::Trace>> trace_of(const TraceArguments& asked, const Plan& plan) {
    std::optional<WorkerOptions::Trace> out;
    if (asked.user.empty() && !asked.file.empty())
        return fail("--trace-file: of whom? give --trace user=17 as well");
    if (asked.user.empty()) return out;
    const auto user = user_in(asked.user);
    if (!user) return fail("--trace " + asked.user + ": expected user=N, such as user=17");
    if (*user >= plan.online_users)
        return fail("--trace " + asked.user + ": there are " + std::to_string(plan.online_users) +
                    " users online, user=0 to user=" + std::to_string(plan.online_users - 1));
    // One write a line, at the end of the file: workers are threads and processes, and lines stay whole.
    auto file = std::make_shared<Descriptor>(
        asked.file.empty()
            ? dup(STDERR_FILENO)
            : open(asked.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (!*file) return fail("--trace-file " + asked.file + ": " + std::strerror(errno));
    out.emplace();
    out->user = UserIndex{*user};
    out->line = [file](const std::string& line) {
        const std::string whole = line + "\n";
        if (write(file->get(), whole.data(), whole.size()) < 0) return;  // a full disk ends no run
    };
    return out;
}

}  // namespace hubbub::cli
