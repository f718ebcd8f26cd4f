// The wire by which whoever started a server makes its disk and its clocks fail (`serve --control-fd`): one
// command a line, one answer a line. docs/FAULTS.md has the commands. Owned by `hubbub serve`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "refserver/server/jumping_clock.hpp"
#include "refserver/store/rocksdb_faulty_disk.hpp"

namespace hubbub::cli {

/// What a server needs from its beginning so that it can fail later.
struct Breakable {
    FaultyDisk disk;
    JumpingClock clock;
    std::shared_ptr<JumpingWallClock> day = std::make_shared<JumpingWallClock>();
};

/// Does what the line says, and answers "ok ..." or "error ...". `die` ends the process as a loss of power
/// does; it may return in tests.
std::string obey_fault_command(std::string_view line, Breakable& parts, void (*die)());

/// A thread that reads a socket until its other end is gone or this is destroyed.
class FaultControl {
  public:
    FaultControl(int fd, Breakable& parts);
    ~FaultControl();
    FaultControl(const FaultControl&) = delete;
    FaultControl& operator=(const FaultControl&) = delete;

  private:
    void serve();
    const int fd_;
    Breakable& parts_;
    std::thread thread_;
};

}  // namespace hubbub::cli
