// Scenario arguments to a plan, with errors for people on stderr. Used by run, sim, plan and validate.
// Called from a command; one thread.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "cli/commands.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub::cli {

Result<std::shared_ptr<const Scenario>> load(const ScenarioArguments& arguments);
Result<std::shared_ptr<const Plan>> load_plan(const ScenarioArguments& arguments);

/// Prints `message` (one or many lines) and returns exit_usage.
int usage_error(const std::string& message);

/// All bytes of a file, and all bytes into one; the error names it.
Result<std::string> read_file(const std::string& path);
Status write_file(const std::string& path, const std::string& text);

/// "json=FILE" items: an unknown format, one that is not built, or no path is an error that names it. To be
/// asked before the run, so that no run is lost to a typing mistake.
Status check_outputs(const std::vector<std::string>& outputs);
/// The same items, written; an unwritable file is an error that names it.
Status write_outputs(const std::vector<std::string>& outputs, const RunResult& result);

/// The command that plays the same run again.
std::string replay_command(const std::string& subcommand, const ScenarioArguments& arguments,
                           std::uint64_t seed);

}  // namespace hubbub::cli
