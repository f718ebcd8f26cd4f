// The subcommands of hubbub: one options struct and one function each; main parses, a command works and
// returns the exit code. Called once by main.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "cli/authentication.hpp"

namespace hubbub::cli {

/// Exit codes of the program itself; verdicts have theirs in loadgen/report/run_result.hpp.
inline constexpr int exit_usage = 2;
inline constexpr int exit_bug = 70;

struct ScenarioArguments {
    std::string file;
    std::string text;               ///< instead of what the file holds; `file` is then how errors call it
    std::vector<std::string> sets;  ///< path=value
    std::optional<std::uint64_t> seed;
};

struct TokenOptions {
    std::string user;
    std::string key = "HS256:env=HUBBUB_JWT_SECRET";  ///< as for `serve --auth`
    double ttl_seconds = 3600;
    std::vector<std::string> audience;
    std::string issuer, id;
};
int token(const TokenOptions& options);

/// What the table in cli/serve_keys.cpp sets; its defaults stand there.
struct ServeOptions {
    std::string listen;
    std::uint32_t shards = 0;  ///< 0: one a core
    std::string data;          ///< empty: a temporary folder, gone at the end
    std::string durability;
    std::string tls_certificate, tls_key;  ///< PEM files; empty: plain
    std::string metrics;                   ///< address of /metrics; empty: none
    AuthOptions auth;
    std::string origins;
    std::string limit_user, limit_conversation, limit_address, limit_connects;
    std::uint32_t connections_max = 0, user_connections_max = 0;
    std::string slow_reader, delivery;
    std::string api;  ///< address of the REST interface; empty: none
    std::string admin_token, backups, audit_log;
    std::uint64_t audit_bytes = 0;
    std::uint32_t audit_files = 0;
    std::string sabotage, sabotage_truth;
    std::uint32_t nice = 0;
    std::uint64_t seed = 0;  ///< of conversation ids and sabotage; 0: from the system
    Duration drain_deadline{}, drain_spread{};
    int ready_fd = -1, control_fd = -1;
};
struct ServeArguments;
int serve(const ServeArguments& arguments);
struct BackupOptions {
    std::string name, api = "127.0.0.1:8081";
};
int backup(const BackupOptions& options);
int restore(const std::string& from, const std::string& to);
int explain_config(const ServeArguments& arguments);
int print_config_keys();

/// What run and sim do with a result.
struct ResultArguments {
    std::vector<std::string> outputs;  ///< json=FILE
    std::vector<std::string> labels;   ///< name=value
    bool json = false;                 ///< the result file on stdout instead of the summary
};

/// user=17: every frame of it; without a file on stderr.
struct TraceArguments {
    std::string user, file;
};

struct RunOptions {
    ScenarioArguments scenario;
    std::uint32_t users = 0;        ///< without a scenario file: so many, and ...
    std::string duration;           ///< ... for so long, "30s"
    std::vector<std::string> urls;  ///< instead of the scenario's endpoints
    std::uint32_t workers = 0;      ///< 0: one a core, at most what the population needs
    std::uint32_t processes = 0;    ///< for the workers; 0: threads, unless one process cannot hold all
    std::string write_setup;        ///< folder for users.csv and conversations.csv; empty: none
    TraceArguments trace;
    ResultArguments results;
    bool quiet = false;
    std::string web;  ///< address of the live page; empty: none
};
int run(const RunOptions& options);

struct SimOptions {
    ScenarioArguments scenario;
    TraceArguments trace;
    std::uint32_t workers = 1, shards = 2;
    std::uint64_t world_seed = 1;
    double latency_ms = 0.2, jitter_ms = 0.1;
    std::vector<std::string> faults;  ///< of the clients' connections, TYPE:key=value,...
    ResultArguments results;
};
int sim(const SimOptions& options);

struct ProxyOptions {
    std::string api = "127.0.0.1:8474";
    std::string config;                           ///< JSON file of proxies
    std::string name = "main", listen, upstream;  ///< one proxy by flags
    std::vector<std::string> toxics;              ///< its faults, TYPE:key=value,...
    std::size_t window = 0;                       ///< bytes inside of one direction; 0: the default
    std::size_t connections = 0;                  ///< 0: what descriptors allow
    std::uint64_t seed = 1;
    int ready_fd = -1;
};
int proxy(const ProxyOptions& options);

struct RepeatOptions {
    ScenarioArguments scenario;
    std::string into;
    std::uint32_t runs = 3;
    std::vector<std::string> varied;  ///< path=value,value
    bool more = false;
    std::vector<std::string> urls;
    std::uint32_t workers = 0;
};
int repeat(const RepeatOptions& options);

struct CompareCommand {
    std::vector<std::string> paths;
    std::string by;
    std::vector<std::string> figures;
    double margin = 0.05, least = 0;
    std::vector<std::string> outputs;
    bool json = false;
};
int compare(const CompareCommand& command);

struct ReportOptions {
    std::string result, output;  ///< "-": stdout
};
int report(const ReportOptions& options);

int plan(const RunOptions& options);
int validate(const ScenarioArguments& scenario);
struct InitOptions {
    std::string file = "scenario.yaml";
    bool force = false;
};
int init(const InitOptions& options);
int schema();

}  // namespace hubbub::cli
