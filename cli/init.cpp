// hubbub init: a scenario to start from, with a comment for everything that one would change first.
#include <cstdio>
#include <filesystem>

#include "cli/load.hpp"
#include "loadgen/scenario/schema.hpp"

namespace hubbub::cli {
namespace {

constexpr const char* starter = R"(# yaml-language-server: $schema=./scenario.schema.json
# What do you want to know? Say it here: the first lines of a scenario are what others read.
#   hubbub validate FILE     is it right?
#   hubbub plan FILE         what will it do and need?
#   hubbub run FILE --web    do it, and watch it in a browser
# Every key: docs/SCENARIOS.md, or your editor, which reads the schema that the first line names.
version: 1
name: starter
seed: 1  # the same seed draws the same users, conversations and times

target:
  # The reference server that comes along; for a backend of your own take this line away and say where it is:
  start: {server: embedded}
  # endpoints: [ws://127.0.0.1:8080/chat]
  # adapter: json-ws        # a chat of your own, described by a mapping file (docs/ADAPTERS.md)
  # mapping: my-chat.yaml
  # auth: {jwt: {secret: "${CHAT_SECRET}"}}

population:
  users: 100

# Who talks to whom.
topology:
  - {class: direct, count: 100}                       # conversations of two
  - {class: group, count: 20, size: {min: 3, max: 12}}
  # - {class: channel, count: 1, size: 100}

# What users do. Further habits: reply, edit, react, read, typing, presence, session, membership, history.
behaviors:
  everyone:
    send: {to: {direct: 70%, group: 30%}, bytes: {p50: 120, p99: 2KB}}

# When they do it. Messages keep their intended times: a backend that is late is measured as late.
load:
  - {phase: connect, ramp: 200/s, until: population, max_duration: 30s}
  - {phase: warmup, for: 2s, measure: false, messages: 20/s..100/s}
  - {phase: steady, for: 10s, messages: 100/s, arrivals: poisson}
  - {phase: drain, settle: 10s}

# What must hold. Correctness always counts; a service level that is missed ends with exit code 99.
expect:
  delivery: effectively_once  # or at_least_once, at_most_once
  order: conversation         # or sender, none
  slo:
    - delivery.p99 < 500ms
    - connect.errors < 0.1%
)";

}  // namespace

int init(const InitOptions& options) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::exists(options.file, ignored) && !options.force)
        return usage_error(options.file + " exists already: take another name, or --force");
    const std::string schema = (fs::path(options.file).parent_path() / "scenario.schema.json").string();
    if (const Status written = write_file(options.file, starter); !written)
        return usage_error(written.error().message);
    if (const Status written = write_file(schema, scenario_schema()); !written)
        return usage_error(written.error().message);
    std::fprintf(stderr, "hubbub: wrote %s, and %s for editors\n  hubbub run %s\n", options.file.c_str(),
                 schema.c_str(), options.file.c_str());
    return 0;
}

}  // namespace hubbub::cli
