#include "cli/serve_keys.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "cli/address.hpp"
#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/units.hpp"
#include "protocol/limits.hpp"

namespace hubbub::cli {
namespace {

using Kind = ServeKey::Kind;

constexpr std::array keys = {
    ServeKey{"listen", Kind::address, "127.0.0.1:8080",
             "address and port of the chat; port 0 takes a free one",
             [](ServeOptions& to, const ServeValue& v) { to.listen = v.text; }},
    ServeKey{"shards", Kind::count, "0",
             "threads, each with its connections and conversations; 0: one a core",
             [](ServeOptions& to, const ServeValue& v) { to.shards = static_cast<std::uint32_t>(v.count); }},
    ServeKey{"data", Kind::text, "", "folder of the database; empty: a temporary one, removed at the end",
             [](ServeOptions& to, const ServeValue& v) { to.data = v.text; }},
    ServeKey{"durability", Kind::choice, "wal-sync", "when a message is acknowledged (docs/STORAGE.md)",
             [](ServeOptions& to, const ServeValue& v) { to.durability = v.text; },
             "none|memory|wal|wal-sync"},
    ServeKey{"metrics", Kind::address, "",
             "address of /metrics, /healthz and /readyz, such as 127.0.0.1:9465; empty: none",
             [](ServeOptions& to, const ServeValue& v) { to.metrics = v.text; }},
    ServeKey{"tls_certificate", Kind::text, "",
             "PEM file of the chat's certificate chain: connections are wss:// then; empty: ws://",
             [](ServeOptions& to, const ServeValue& v) { to.tls_certificate = v.text; }},
    ServeKey{"tls_key", Kind::text, "", "PEM file of its key",
             [](ServeOptions& to, const ServeValue& v) { to.tls_key = v.text; }},
    ServeKey{"api", Kind::address, "",
             "address of the REST interface (docs/openapi.yaml), such as 127.0.0.1:8081; empty: none",
             [](ServeOptions& to, const ServeValue& v) { to.api = v.text; }},
    ServeKey{
        "admin_token", Kind::text, "",
        "bearer token of administrators on the REST interface, 16 bytes at least; empty: they are whoever "
        "comes over loopback",
        [](ServeOptions& to, const ServeValue& v) { to.admin_token = v.text; }, "", true},
    ServeKey{"backups", Kind::text, "", "folder in which `hubbub backup` makes backups; empty: none are made",
             [](ServeOptions& to, const ServeValue& v) { to.backups = v.text; }},
    ServeKey{
        "audit_log", Kind::text, "",
        "file that is told who came into and left conversations and what administrators did; empty: none",
        [](ServeOptions& to, const ServeValue& v) { to.audit_log = v.text; }},
    ServeKey{"audit_bytes", Kind::bytes, "64MiB",
             "size at which the audit log becomes FILE.1 and begins anew",
             [](ServeOptions& to, const ServeValue& v) { to.audit_bytes = v.count; }},
    ServeKey{
        "audit_files", Kind::count, "4", "older audit logs that are kept; the oldest goes",
        [](ServeOptions& to, const ServeValue& v) { to.audit_files = static_cast<std::uint32_t>(v.count); }},
    ServeKey{"drain_deadline", Kind::duration, "8s",
             "how long clients have to leave after SIGTERM; a second SIGTERM ends it at once",
             [](ServeOptions& to, const ServeValue& v) { to.drain_deadline = v.span; }},
    ServeKey{"drain_spread", Kind::duration, "5s", "over how long they are told to come back",
             [](ServeOptions& to, const ServeValue& v) { to.drain_spread = v.span; }},
    ServeKey{
        "auth",
        Kind::text,
        "",
        "ask for tokens signed with these keys: [ID:]HS256|RS256|ES256:env=NAME or ...:file=PATH, separated "
        "by commas; empty: everybody is who he says he is",
        [](ServeOptions& to, const ServeValue& v) { to.auth.keys = v.text; },
        {},
        true},
    ServeKey{"auth_audience", Kind::text, "", "what tokens must have as aud",
             [](ServeOptions& to, const ServeValue& v) { to.auth.audience = v.text; }},
    ServeKey{"auth_issuer", Kind::text, "", "what tokens must have as iss",
             [](ServeOptions& to, const ServeValue& v) { to.auth.issuer = v.text; }},
    ServeKey{"origins", Kind::text, "",
             "Origin headers of browsers that may connect, by commas; empty: all. Without the header: always",
             [](ServeOptions& to, const ServeValue& v) { to.origins = v.text; }},
    ServeKey{"limit_user", Kind::text, "",
             "messages of a user: 20/s, or 20/s:60 for 60 at once; empty: no limit, here and below",
             [](ServeOptions& to, const ServeValue& v) { to.limit_user = v.text; }},
    ServeKey{"limit_conversation", Kind::text, "", "messages into a conversation, by everybody",
             [](ServeOptions& to, const ServeValue& v) { to.limit_conversation = v.text; }},
    ServeKey{"limit_address", Kind::text, "", "connects from one address",
             [](ServeOptions& to, const ServeValue& v) { to.limit_address = v.text; }},
    ServeKey{"limit_connects", Kind::text, "", "connects to the whole server",
             [](ServeOptions& to, const ServeValue& v) { to.limit_connects = v.text; }},
    ServeKey{"connections_max", Kind::count, "0", "connections at a time; 0: what descriptors allow",
             [](ServeOptions& to, const ServeValue& v) {
                 to.connections_max = static_cast<std::uint32_t>(v.count);
             }},
    ServeKey{"user_connections_max", Kind::count, "0", "connections of a user at a time; 0: any number",
             [](ServeOptions& to, const ServeValue& v) {
                 to.user_connections_max = static_cast<std::uint32_t>(v.count);
             }},
    ServeKey{"slow_reader", Kind::choice, "disconnect",
             "what happens to a client that reads more slowly than it is told things (docs/PROTOCOL.md, Slow "
             "readers)",
             [](ServeOptions& to, const ServeValue& v) { to.slow_reader = v.text; },
             "disconnect|drop-oldest|conflate|shed"},
    ServeKey{"delivery", Kind::choice, "effectively_once",
             "what becomes of messages whose connection broke on the way (docs/PROTOCOL.md, Delivery)",
             [](ServeOptions& to, const ServeValue& v) { to.delivery = v.text; },
             "effectively_once|at_least_once|at_most_once"},
    ServeKey{"sabotage", Kind::text, "",
             "wrongs to do on purpose: kind:rate[xmost],... (docs/SABOTAGE.md); empty: none",
             [](ServeOptions& to, const ServeValue& v) { to.sabotage = v.text; }},
    ServeKey{"sabotage_truth", Kind::text, "", "file for sabotage's ground truth, one JSON object a line",
             [](ServeOptions& to, const ServeValue& v) { to.sabotage_truth = v.text; }},
    ServeKey{
        "nice", Kind::count, "0",
        "how far it gives way to other programs of the machine, 0 to 19; a load generator beside it stays in "
        "time then, and the server is the first to be late",
        [](ServeOptions& to, const ServeValue& v) { to.nice = static_cast<std::uint32_t>(v.count); }},
    ServeKey{"seed", Kind::count, "0", "of conversation ids and sabotage; 0: from the system",
             [](ServeOptions& to, const ServeValue& v) { to.seed = v.count; }},
};

// The table's texts and the constants in the code must not drift apart.
static_assert(limits::drain_longest == std::chrono::seconds(8) &&
              limits::drain_spread == std::chrono::seconds(5));

std::vector<std::string_view> words_of(const ServeKey& key) {
    std::vector<std::string_view> words;
    for (std::string_view rest = key.words; !rest.empty();) {
        const std::size_t bar = std::min(rest.find('|'), rest.size());
        words.push_back(rest.substr(0, bar));
        rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return words;
}

std::string expected(const ServeKey& key) {
    switch (key.kind) {
        case Kind::text:
            return "a text";
        case Kind::count:
            return "a whole number such as 500 or 50k";
        case Kind::bytes:
            return "bytes such as 500, 64KB or 1MiB";
        case Kind::duration:
            return "a duration such as 500ms, 30s or 5m";
        case Kind::flag:
            return "true or false";
        case Kind::choice:
            return "one of " + std::string(key.words);
        case Kind::address:
            return "an address such as 127.0.0.1:8080";
    }
    return "";
}

template <class T>
bool take(const std::optional<T>& parsed, T& into) {
    if (parsed) into = *parsed;
    return parsed.has_value();
}

bool parse(const ServeKey& key, ServeValue& value) {
    switch (key.kind) {
        case Kind::text:
            return true;
        case Kind::count:
            // Bounds that matter are the server's; this one keeps the narrowing in the table honest.
            return take(parse_count(value.text), value.count) &&
                   (key.name == "seed" || value.count <= std::numeric_limits<std::uint32_t>::max());
        case Kind::bytes:
            return take(parse_bytes(value.text), value.count);
        case Kind::duration:
            return take(parse_duration(value.text), value.span);
        case Kind::flag:
            value.flag = value.text == "true";
            return value.flag || value.text == "false";
        case Kind::choice: {
            const auto words = words_of(key);
            return std::find(words.begin(), words.end(), value.text) != words.end();
        }
        case Kind::address:
            return value.text.empty() || parse_host_port(value.text).has_value();
    }
    return false;
}

}  // namespace

std::span<const ServeKey> serve_keys() {
    return keys;
}

const ServeKey* find_serve_key(std::string_view name) {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

std::string flag_of(const ServeKey& key) {
    std::string out = "--" + std::string(key.name);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

std::string environment_of(const ServeKey& key) {
    std::string out = "HUBBUB_SERVE_";
    for (const char c : key.name) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

Result<ServeValue> parse_serve_value(const ServeKey& key, std::string_view text) {
    ServeValue value;
    value.text = text;
    if (parse(key, value)) return value;
    const std::string shown = key.secret ? "" : ", not " + quoted(text);
    std::string hint;
    if (key.kind == Kind::choice && !key.secret) hint = did_you_mean(text, words_of(key));
    return fail(std::string(key.name) + " is " + expected(key) + shown + hint);
}

std::string describe_serve_keys() {
    std::string out = "| key | flag | environment | default | what it is |\n|---|---|---|---|---|\n";
    for (const ServeKey& key : keys) {
        std::string doc(key.doc);
        if (key.kind == Kind::choice) {
            std::string words(key.words);
            for (std::size_t at = 0; (at = words.find('|', at)) != std::string::npos; at += 2)
                words.replace(at, 1, ", ");
            doc += ": " + words;
        }
        out += "| `" + std::string(key.name) + "` | `" + flag_of(key) + "` | `" + environment_of(key) +
               "` | " + (key.fallback.empty() ? "" : "`" + std::string(key.fallback) + "`") + " | " + doc +
               (key.secret ? " (secret)" : "") + " |\n";
    }
    return out;
}

}  // namespace hubbub::cli
