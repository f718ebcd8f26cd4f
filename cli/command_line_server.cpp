// Commands around the reference server and the proxy.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command_line.hpp"
#include "cli/serve_config.hpp"

namespace hubbub::cli {
namespace {

void add_settings(CLI::App& command, ServeArguments& arguments) {
    command.add_option("--config", arguments.config, "file with settings (docs/OPERATIONS.md)")
        ->type_name("FILE");
    for (const ServeKey& key : serve_keys()) {
        std::string doc(key.doc);
        if (!key.fallback.empty()) doc += " [" + std::string(key.fallback) + "]";
        command
            .add_option_function<std::string>(
                flag_of(key),
                [&arguments, &key](const std::string& text) {
                    arguments.flags[std::string(key.name)] = text;
                },
                doc)
            ->type_name(key.kind == ServeKey::Kind::choice ? std::string(key.words) : "");
    }
}

void add_serve(CommandLine& line) {
    const auto arguments = std::make_shared<ServeArguments>();
    CLI::App& command =
        *line.add("serve", "run the reference chat server",
                  "  hubbub serve --listen 127.0.0.1:8080 --data chat.db\n"
                  "  hubbub serve --listen 127.0.0.1:8080 --metrics 127.0.0.1:9090 --sabotage drop_live:0.01",
                  [arguments] { return serve(*arguments); });
    add_settings(command, *arguments);
    command.add_option("--ready-fd", arguments->ready_fd,
                       "descriptor that is told 'ready PORT' (for parents and scripts)");
    command.add_option(
        "--control-fd", arguments->control_fd,
        "socket by which a parent makes the disk and the clocks fail (docs/FAULTS.md, for tests only)");

    const auto explained = std::make_shared<ServeArguments>();
    CLI::App* const config =
        line.app().add_subcommand("config", "the settings of serve: where each comes from");
    config->require_subcommand(1);
    config->footer(
        "\nExamples:\n  hubbub config explain --config hubbub.yaml --shards 4\n  hubbub config keys");
    CLI::App* const explain = config->add_subcommand(
        "explain", "print each setting, its value and who set it: flag > environment > file > default");
    explain->footer("\nExamples:\n  hubbub config explain --config hubbub.yaml --shards 4");
    add_settings(*explain, *explained);
    line.calls(explain, [explained] { return explain_config(*explained); });
    CLI::App* const keys = config->add_subcommand("keys", "the table of all settings as Markdown");
    keys->footer("\nExamples:\n  hubbub config keys");
    line.calls(keys, print_config_keys);
}

void add_token(CommandLine& line) {
    const auto options = std::make_shared<TokenOptions>();
    CLI::App& command = *line.add("token", "print a signed token, for trying out",
                                  "  HUBBUB_JWT_SECRET=... hubbub token --user u1\n"
                                  "  hubbub token --user u1 --key ES256:file=private.pem --ttl 10m",
                                  [options] { return token(*options); });
    command.add_option("--user", options->user, "whose: the token's sub")->required();
    command
        .add_option("--key", options->key,
                    "[ID:]HS256|RS256|ES256:env=NAME or ...:file=PATH; private keys in PEM")
        ->capture_default_str();
    command.add_option("--ttl", options->ttl_seconds, "its life")
        ->transform(CLI::AsNumberWithUnit(
            std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}))
        ->default_str("1h")
        ->type_name("TIME");
    repeatable(command.add_option("--audience", options->audience, "the token's aud (repeatable)"));
    command.add_option("--issuer", options->issuer, "the token's iss");
    command.add_option("--id", options->id, "the token's jti; without it a random one");
}

void add_backups(CommandLine& line) {
    const auto options = std::make_shared<BackupOptions>();
    CLI::App& command = *line.add("backup", "have a running server make a backup (docs/STORAGE.md)",
                                  "  HUBBUB_ADMIN_TOKEN=... hubbub backup monday --api 127.0.0.1:8081",
                                  [options] { return backup(*options); });
    command.add_option("name", options->name, "of the backup, in the server's `backups` folder")->required();
    command
        .add_option("--api", options->api,
                    "the server's REST interface; its admin token is taken from HUBBUB_ADMIN_TOKEN")
        ->capture_default_str();
    const auto ends = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App& restore_command =
        *line.add("restore", "make a database out of a backup", "  hubbub restore backups/monday chat.db",
                  [ends] { return restore(ends->first, ends->second); });
    restore_command.add_option("from", ends->first, "the backup's folder")->required();
    restore_command.add_option("to", ends->second, "the database's folder; absent or empty")->required();
}

void add_proxy(CommandLine& line) {
    const auto options = std::make_shared<ProxyOptions>();
    CLI::App& command = *line.add(
        "proxy", "a TCP proxy with faults, for any backend and Toxiproxy's clients (docs/FAULTS.md)",
        "  hubbub proxy --listen 127.0.0.1:9000 --upstream 127.0.0.1:8080 --toxic "
        "latency:latency=100,jitter=20\n"
        "  hubbub proxy --api 127.0.0.1:8474 --config proxies.json",
        [options] { return proxy(*options); });
    command.add_option("--api", options->api, "address of the HTTP interface and of /metrics")
        ->capture_default_str();
    command.add_option("--config", options->config, "JSON file: a list of proxies, with their toxics")
        ->type_name("FILE");
    command.add_option("--listen", options->listen,
                       "of one proxy, such as 127.0.0.1:9000; without it a free port");
    command.add_option("--upstream", options->upstream, "of one proxy: whom it dials, HOST:PORT");
    command.add_option("--name", options->name, "of one proxy")->capture_default_str();
    repeatable(command.add_option(
        "--toxic", options->toxics,
        "of one proxy: latency:latency=100,jitter=20,stream=upstream,toxicity=0.5 (repeatable)"));
    command
        .add_option("--window", options->window, "bytes inside of one direction of a connection; 0: 65536")
        ->capture_default_str();
    command.add_option("--connections", options->connections, "at a time; 0: what descriptors allow")
        ->capture_default_str();
    command.add_option("--seed", options->seed, "of toxicities and jitters")->capture_default_str();
    command.add_option("--ready-fd", options->ready_fd,
                       "descriptor that is told 'ready PORT', the interface's");
}

}  // namespace

void add_server_commands(CommandLine& line) {
    add_serve(line);
    add_token(line);
    add_backups(line);
    add_proxy(line);
}

}  // namespace hubbub::cli
