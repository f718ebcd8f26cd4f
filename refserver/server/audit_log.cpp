#include "refserver/server/audit_log.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "protocol/json_writer.hpp"

namespace hubbub {
namespace {

namespace fs = std::filesystem;

/// Milliseconds since 1970: sorts, and needs no time zone.
std::uint64_t time_of_day() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::string line_of(const AuditEvent& event) {
    std::string out;
    json::Writer to(out);
    to.raw("{\"at\":").number(time_of_day()).raw(",\"event\":").text(event.kind);
    to.raw(",\"user\":").text(event.user);
    if (event.conversation != ConversationId{}) to.raw(",\"c\":").conversation(event.conversation);
    if (event.sequence != 0) to.raw(",\"q\":").number(event.sequence);
    if (!event.members.empty())
        to.raw(",\"members\":").list(event.members, [&](std::string_view name) { to.text(name); });
    if (!event.detail.empty()) to.raw(",\"detail\":").text(event.detail);
    to.raw("}\n");
    return out;
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(AuditOptions options, Log& log) {
    std::unique_ptr<AuditLog> audit(new AuditLog(std::move(options), log));
    if (Status opened = audit->reopen(); !opened) return opened.error();
    return audit;
}

AuditLog::~AuditLog() {
    if (file_) std::fclose(file_);
}

Status AuditLog::reopen() {
    file_ = std::fopen(options_.path.c_str(), "ae");
    if (!file_) return fail("cannot write the audit log " + options_.path + ": " + std::strerror(errno));
    std::error_code unknown;
    size_ = fs::file_size(options_.path, unknown);
    if (unknown) size_ = 0;
    return {};
}

/// PATH.N goes, the others move up by one, the current becomes PATH.1.
Status AuditLog::rotate() {
    std::fclose(file_);
    file_ = nullptr;
    std::error_code absent;  // the first times there is nothing to move
    const auto numbered = [&](std::uint32_t number) { return options_.path + "." + std::to_string(number); };
    if (options_.files == 0) fs::remove(options_.path, absent);
    for (std::uint32_t number = options_.files; number > 1; --number)
        fs::rename(numbered(number - 1), numbered(number), absent);
    if (options_.files > 0) fs::rename(options_.path, numbered(1), absent);
    return reopen();
}

Status AuditLog::append(const std::string& line) {
    if (!file_)
        if (Status opened = reopen(); !opened) return opened;
    if (size_ > 0 && size_ + line.size() > options_.bytes_max)
        if (Status rotated = rotate(); !rotated) return rotated;
    // Flushed at once: what an auditor asks for is what happened just before the end.
    if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() || std::fflush(file_) != 0)
        return fail("cannot write the audit log " + options_.path + ": " + std::strerror(errno));
    size_ += line.size();
    return {};
}

void AuditLog::record(const AuditEvent& event) {
    const std::string line = line_of(event);
    const std::lock_guard lock(mutex_);
    if (const Status written = append(line); written) {
        events_.fetch_add(1);
    } else if (lost_.fetch_add(1) == 0) {
        log_.error(written.error().message + "; further failures are only counted");
    }
}

}  // namespace hubbub
