// The server that a run has started itself, as the scenario's faults reach it: killed, stopped, drained, and
// started again with the same data on the same address. Owned by the command that runs; one thread. Nothing
// here waits but start_first().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chaos/target_fault.hpp"
#include "loadgen/runner/embedded_server.hpp"
#include "transport/temporary_folder.hpp"

namespace hubbub {

class ServerControl final : public TargetControl {
  public:
    /// `arguments`: without address and data folder. `keeps_data`: an own folder, which outlives its
    /// processes and ends with this; else the arguments say where.
    /// `breakable`: its disk and clocks can fail.
    ServerControl(std::string program, std::vector<std::string> arguments,
                  std::vector<std::pair<std::string, std::string>> environment, bool keeps_data,
                  bool breakable);
    ~ServerControl() override;

    Status start_first();
    /// Notices ends and starts; to be called often while the run lasts.
    void look();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Of all its processes.
    [[nodiscard]] double cpu_seconds() const;
    [[nodiscard]] std::uint64_t peak_memory() const;
    [[nodiscard]] std::uint32_t starts() const { return starts_; }
    /// Why it could not be started again; empty: it could.
    [[nodiscard]] const std::string& error() const { return error_; }

    // ---- TargetControl
    bool kill() override;
    bool lose_power() override;
    bool disk(DiskDeed fault, bool on, Duration extra) override;
    std::uint64_t disk_bites(DiskDeed fault) override;
    bool jump(Duration by, bool day_alone) override;
    bool stop() override;
    bool go_on() override;
    bool drain() override;
    bool start() override;

  private:
    Result<EmbeddedServer> begin();
    void remember_figures();
    std::optional<std::string> tell(const std::string& command);

    const std::string program_;
    std::vector<std::string> arguments_;
    const std::vector<std::pair<std::string, std::string>> environment_;
    const bool breakable_;
    std::unique_ptr<TemporaryFolder> folder_;  ///< null: the arguments say where, or nobody cares
    std::uint32_t power_losses_ = 0;
    std::uint16_t port_ = 0;
    std::optional<EmbeddedServer> server_;
    bool ending_ = false;  ///< its figures are remembered already
    bool wanted_ = false;  ///< to be started as soon as it is gone
    std::uint32_t starts_ = 0;
    double cpu_before_ = 0;  ///< of processes that are gone
    std::uint64_t peak_before_ = 0;
    std::string error_;
};

}  // namespace hubbub
