// What administrators did and who came into or left which conversation: one JSON object a line, appended,
// bounded by size. Owned by the Server; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/log.hpp"
#include "base/result.hpp"
#include "refserver/core/audit.hpp"

namespace hubbub {

struct AuditOptions {
    std::string path;
    std::uint64_t bytes_max = 0;  ///< of one file; then it becomes PATH.1 and a new one begins
    std::uint32_t files = 0;      ///< kept beside the current one: PATH.1 (newest) to PATH.N
};

class AuditLog final : public AuditSink {
  public:
    /// Appends to a file that is there. Error: it cannot be written.
    static Result<std::unique_ptr<AuditLog>> open(AuditOptions options, Log& log);
    ~AuditLog() override;

    void record(const AuditEvent& event) override;
    [[nodiscard]] std::uint64_t events() const { return events_.load(); }
    /// Events that could not be written: the disk is full, say. Chat goes on without them.
    [[nodiscard]] std::uint64_t lost() const { return lost_.load(); }

  private:
    AuditLog(AuditOptions options, Log& log) : options_(std::move(options)), log_(log) {}
    Status reopen();
    Status rotate();
    Status append(const std::string& line);

    const AuditOptions options_;
    Log& log_;
    std::mutex mutex_;
    std::FILE* file_ = nullptr;
    std::uint64_t size_ = 0;
    std::atomic<std::uint64_t> events_{0}, lost_{0};
};

}  // namespace hubbub
