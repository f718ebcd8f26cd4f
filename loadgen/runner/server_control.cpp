#include "loadgen/runner/server_control.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdlib>

namespace hubbub {
namespace {

/// Opening a database that died, and replaying its log, may take a while.
constexpr int ready_timeout_ms = 60'000;
/// As the server's control socket calls them (docs/FAULTS.md).
constexpr std::string_view disk_deed_names[] = {"full", "error", "slow_sync", "failing_sync"};

}  // namespace

ServerControl::ServerControl(std::string program, std::vector<std::string> arguments,
                             std::vector<std::pair<std::string, std::string>> environment, bool keeps_data,
                             bool breakable)
    : program_(std::move(program)),
      arguments_(std::move(arguments)),
      environment_(std::move(environment)),
      breakable_(breakable) {
    if (!keeps_data) return;
    folder_ = std::make_unique<TemporaryFolder>();
    arguments_.insert(arguments_.end(), {"--data", folder_->path()});
}

ServerControl::~ServerControl() {
    server_.reset();  // before its folder
}

Result<EmbeddedServer> ServerControl::begin() {
    std::vector<std::string> arguments = arguments_;
    arguments.insert(arguments.end(), {"--listen", "127.0.0.1:" + std::to_string(port_)});
    ++starts_;
    return EmbeddedServer::begin(program_, std::move(arguments), environment_, breakable_);
}

Status ServerControl::start_first() {
    // A server with a folder of its own making forgets all when it is killed, and would be accused of it.
    if (folder_ && folder_->path().empty())
        return fail("no folder for the embedded server's data can be made in " +
                    std::string(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp"));
    auto begun = begin();
    if (!begun) return begun.error();
    server_.emplace(std::move(*begun));
    if (server_->look(ready_timeout_ms) != EmbeddedServer::State::ready) {
        server_.reset();
        return fail("the embedded server did not become ready; what it printed stands above");
    }
    port_ = server_->port();
    return {};
}

void ServerControl::remember_figures() {
    cpu_before_ = cpu_seconds();
    peak_before_ = peak_memory();
    ending_ = true;
}

void ServerControl::look() {
    if (server_ && server_->look() == EmbeddedServer::State::gone) server_.reset();
    if (server_ || !wanted_) return;
    wanted_ = ending_ = false;
    auto begun = begin();
    if (begun)
        server_.emplace(std::move(*begun));
    else
        error_ = begun.error().message;
}

bool ServerControl::kill() {
    remember_figures();
    return server_ && server_->signal(SIGKILL);
}

std::optional<std::string> ServerControl::tell(const std::string& command) {
    return server_ ? server_->tell(command) : std::nullopt;
}

/// Each loss leaves another tail, so that a series meets all three.
bool ServerControl::lose_power() {
    constexpr std::string_view tails[] = {"truncated", "zeroed", "garbage"};
    remember_figures();
    const std::uint32_t which = power_losses_++;
    const bool alive = server_.has_value();
    // It dies of the command, so its answer is none.
    (void)tell("power-loss " + std::string(tails[which % 3]) + " " + std::to_string(which + 1));
    return alive;
}

bool ServerControl::disk(DiskDeed fault, bool on, Duration extra) {
    const std::string milliseconds =
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(extra).count()) + "ms";
    const std::string how = !on ? " off" : fault == DiskDeed::slow_sync ? " on " + milliseconds : " on";
    return tell("disk " + std::string(disk_deed_names[static_cast<std::size_t>(fault)]) + how).has_value();
}

std::uint64_t ServerControl::disk_bites(DiskDeed fault) {
    const auto answer = tell("bites");  // "full=0 error=2 ..."
    const std::string name = std::string(disk_deed_names[static_cast<std::size_t>(fault)]) + "=";
    const std::size_t at = answer ? (" " + *answer).find(" " + name) : std::string::npos;
    return at == std::string::npos ? 0 : std::strtoull(answer->c_str() + at + name.size(), nullptr, 10);
}

bool ServerControl::jump(Duration by, bool day_alone) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(by).count();
    return tell((day_alone ? "day " : "clock ") + std::string(milliseconds < 0 ? "-" : "+") +
                std::to_string(std::abs(milliseconds)) + "ms")
        .has_value();
}

bool ServerControl::stop() {
    return server_ && server_->signal(SIGSTOP);
}

bool ServerControl::go_on() {
    return server_ && server_->signal(SIGCONT);
}

bool ServerControl::drain() {
    remember_figures();
    return server_ && server_->signal(SIGTERM);
}

bool ServerControl::start() {
    wanted_ = true;
    look();
    return true;
}

double ServerControl::cpu_seconds() const {
    return cpu_before_ + (server_ && !ending_ ? server_->cpu_seconds() : 0);
}

std::uint64_t ServerControl::peak_memory() const {
    return std::max(peak_before_, server_ ? server_->peak_memory() : 0);
}

}  // namespace hubbub
