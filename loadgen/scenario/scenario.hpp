// A scenario as values: what the strict loader makes of the YAML file. docs/SCENARIOS.md describes every key.
// Immutable after load; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "loadgen/scenario/faults.hpp"
#include "loadgen/scenario/habits.hpp"
#include "loadgen/scenario/load_shapes.hpp"
#include "loadgen/scenario/population.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// Tokens that the generator signs for its users, with HS256.
struct JwtTarget {
    std::string secret;  ///< never in a report, a log or an error
    std::string key_id, audience, issuer;
    Duration lifetime{};
};

struct ReusedSetup;

/// A setting of the embedded server, as `hubbub config keys` names it. What it may be is the server's to say.
struct ServerSetting {
    std::string name, value;
    Place place{};
};

struct Target {
    std::string adapter = "hubbub";
    std::string mapping;       ///< json-ws: file of the mapping, as seen from the working folder
    std::string mapping_text;  ///< its bytes, read with the scenario
    Place mapping_at{};
    std::vector<std::string> endpoints;  ///< ws://host:port/path; empty: the embedded server's
    std::optional<JwtTarget> jwt;        ///< auth: {jwt: ...}
    bool embedded = false;               ///< start: {server: embedded}
    // options of the embedded server
    std::uint32_t shards = 0;  ///< 0: one a core
    std::string durability = "wal-sync";
    std::string data;      ///< empty: a temporary folder
    std::string sabotage;  ///< as for `hubbub serve --sabotage`
    std::vector<ServerSetting> settings;
    // start: {command: ...}: somebody else's server
    std::string start_command, start_ready;  ///< ready empty: the first endpoint
    Duration start_within = std::chrono::seconds{30};
    double setup_rate = 2000;   ///< creates per second
    std::string setup_command;  ///< for a shell, before the setup; empty: none
    // setup: {conversations: reuse}
    bool reuse = false;
    std::string users_file = "users.csv", conversations_file = "conversations.csv";  ///< beside the scenario
    Place reuse_at{};
    std::shared_ptr<const ReusedSetup> reused;  ///< what they say; null: conversations are created
    // of wss:// endpoints; PEM files
    std::string tls_authorities;           ///< whom to trust; empty: the system's
    std::string tls_certificate, tls_key;  ///< for targets that ask for a client certificate
    bool tls_verify = true;
};

struct TopologyRow {
    ConversationClass kind = ConversationClass::direct;
    std::uint32_t count = 0;
    std::uint32_t size_min = 2, size_max = 2;  ///< uniform between the two (equal: fixed)
    Place place{};
    /// Lognormal through both when above 0, cut to [size_min, size_max].
    double size_median = 0, size_p99 = 0;
};

struct ByteSizes {  ///< lognormal through p50 and p99, clamped to [stamp, body_bytes_max]; equal: fixed
    std::uint32_t p50 = 120, p99 = 120;
};

struct SendBehavior {
    double weight = 1;
    double to_direct = 0, to_group = 0, to_channel = 0;  ///< shares, sum 1
    double zipf = 0;                                     ///< conversation chosen by zipf rank; 0: uniform
    ByteSizes bytes;
    Place place{};
};

struct Behavior {
    std::string name;
    double share =
        1;  ///< of the online users; 1: everybody. Smaller shares are disjoint and add up to 1 at most
    std::optional<SendBehavior> send;
    Place place{};
    Habits habits{};
};

enum class ArrivalLaw : std::uint8_t { constant, poisson, ramp, burst, spike, sine, replay };

/// One stream of sends within a phase.
struct SendStream {
    std::string behavior;  ///< empty: all behaviors with `send`, shared out by weight
    ArrivalLaw law = ArrivalLaw::poisson;
    double rate = 0, rate_to = 0;  ///< messages per second; ramp: from rate to rate_to over the phase
    std::uint32_t burst = 0;       ///< burst: this many at once ...
    Duration at{};                 ///< ... at this offset
    bool poisson_ramp = false;  ///< ramp, spike, sine: exponential gaps in the integrated rate, not even ones
    Place place{};
    LoadShape shape{};
};

enum class PhaseKind : std::uint8_t { connect, load, drain };

struct Phase {
    std::string name;
    PhaseKind kind = PhaseKind::load;
    double connect_rate = 0;  ///< connect: opens per second
    Duration length{};        ///< load: for; drain: settle
    Duration max_duration{};  ///< hard end of a connect or drain phase
    bool measure = true;
    std::vector<SendStream> streams;
    Place place{};
};

enum class DeliveryMode : std::uint8_t { at_most_once, at_least_once, effectively_once };
enum class OrderMode : std::uint8_t { none, sender, conversation, causal };

/// `delivery.p99{class=channel} < 500ms`, `connect.errors < 0.1%`, `lost == 0`
struct Slo {
    std::string text;  ///< as written
    /// delivery, delivery_first, delivery_last, ack, connect, reconnect, or a counter's name
    std::string metric;
    std::string figure;  ///< p50 p90 p99 p999 max mean errors count; empty for a plain counter
    std::map<std::string, std::string> labels;  ///< class, phase
    std::string op;                             ///< < <= > >= ==
    double bound = 0;                           ///< seconds, share or count
    Place at{};
};

struct Expect {
    DeliveryMode delivery = DeliveryMode::at_least_once;
    OrderMode order = OrderMode::conversation;
    std::vector<Slo> slo;
    std::vector<Slo> abort_on;  ///< with > or >=, about what is known while the run goes on
    Place delivery_at{}, order_at{};
};

/// Where the generator's figures go while it runs (docs/METRICS.md).
struct PrometheusReport {
    std::string listen;         ///< address of an endpoint; empty: none
    Duration linger{};          ///< how long it answers after the run
    std::string push;           ///< URL of a Pushgateway; empty: none
    std::string job, instance;  ///< under which is pushed; empty instance: the scenario's name
};

struct Scenario {
    std::string file, name, text_hash;  ///< XXH3-64 of all files' bytes and overrides, 16 hex digits
    std::vector<std::string> sources;   ///< the file, those it extends, every --set: what places mean
    std::uint64_t seed = 1;
    Target target;
    std::uint32_t users = 0;
    std::uint32_t online = 0;  ///< users that open a session; 0: all
    Population population;
    std::vector<TopologyRow> topology;
    std::vector<Behavior> behaviors;
    std::vector<Phase> phases;
    std::vector<TimedFault> faults;
    Expect expect;
    FindCapacity find;
    PrometheusReport prometheus;
};

struct LoadOptions {
    std::vector<std::pair<std::string, std::string>> sets;  ///< --set path=value, in order
    std::optional<std::uint64_t> seed;
    std::map<std::string, std::string> environment;  ///< for ${VAR}
    /// Bytes of a file that `extends` names. Without it: refused. load_scenario_file brings its own.
    std::function<Result<std::string>(const std::string& path)> read_file{};
};

/// All errors at once, one a line: `file:line:column: what, what was expected, did you mean`.
Result<Scenario> load_scenario_file(const std::string& path, const LoadOptions& options);
Result<Scenario> load_scenario_text(std::string_view text, const std::string& file_name,
                                    const LoadOptions& options);

}  // namespace hubbub
