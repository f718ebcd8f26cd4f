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

/// The path of this binary.
std::string own_program();

/// Prints `message` (one or many lines) and returns exit_usage.
int usage_error(const std::string& message);

/// All bytes of a file, and all bytes into one; the error names it.
Result<std::string> read_file(const std::string& path);
Status write_file(const std::string& path, const std::string& text);

/// Unknown formats, formats that are not built, missing paths and labels without a name are errors that name
/// them. To be asked before the run, so that no run is lost to a typing mistake.
Status check_results(const ResultArguments& arguments);
/// Labels the result, writes it in all forms, annotates it for GitHub, and prints it; the exit code is its
/// verdict's.
int hand_out(const ResultArguments& arguments, RunResult& result, bool colour);

/// The command that plays the same run again.
std::string replay_command(const std::string& subcommand, const ScenarioArguments& arguments,
                           std::uint64_t seed);

}  // namespace hubbub::cli
