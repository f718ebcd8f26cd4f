// The table, a part: a server of somebody else's, started for the run.
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

/// tcp://host:port or http://host:port/path.
std::optional<Value> parse_ready(std::string_view text) {
    Value value;
    value.text = text;
    const bool http = text.starts_with("http://");
    if (!http && !text.starts_with("tcp://")) return std::nullopt;
    std::string_view rest = text.substr(text.find("://") + 3);
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos && !http) return std::nullopt;
    const std::string_view host = rest.substr(0, slash);
    const std::size_t colon = host.rfind(':');
    if (colon == 0 || colon == std::string_view::npos || colon + 1 == host.size()) return std::nullopt;
    for (const char c : host.substr(colon + 1))
        if (c < '0' || c > '9') return std::nullopt;
    for (const char c : text)
        if (c <= ' ' || c == 0x7f) return std::nullopt;
    return value;
}

const Key table[] = {
    {.path = "target.start.command",
     .type = text,
     .doc =
         "Instead of `server`: words for a shell that start any server, which is ended with the run. Needs "
         "`target.endpoints`.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.start_command = v.text; }},
    {.path = "target.start.ready",
     .type = custom,
     .doc =
         "`command`: it is ready when this answers with 2xx, or listens. Without it: when the first endpoint "
         "listens.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.start_ready = v.text; },
     .parse = parse_ready,
     .form = "an address such as http://127.0.0.1:8080/health or tcp://127.0.0.1:8080",
     .shape = "(http://[^\\s/]+:[0-9]+(/[^\\s]*)?|tcp://[^\\s/]+:[0-9]+)"},
    {.path = "target.start.within",
     .type = duration,
     .doc = "`command`: how long it may take to be ready. Without it: 30s.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.start_within = v.span; }},
    {.path = "target.setup.teardown",
     .type = choice,
     .need = Need::fallback,
     .fallback = "keep",
     .doc =
         "What becomes of the conversations after the run: they stay. No dialect has a word to delete one.",
     .words = "keep",
     .later_words = "delete"},
};

void check_start(DraftView& draft) {
    const std::string at = "target.start";
    if (!draft.given(at)) return;
    const bool command = draft.given(at + ".command");
    if (!command && !draft.given(at + ".server"))
        draft.refuse(at, at + ": needs `server: embedded`, or a command");
    if (command && draft.given(at + ".server"))
        draft.refuse(at + ".command", at + ".command: there is `server` already; one of them");
    for (const char* const key : {".ready", ".within"})
        if (!command && draft.given(at + key))
            draft.refuse(at + key, at + key + ": is of no use without a command");
    for (const char* const key : {".shards", ".durability", ".data", ".sabotage", ".settings"})
        if (command && draft.given(at + key))
            draft.refuse(at + key, at + key + ": only the embedded server has that");
    if (command && draft.scenario.target.start_command.empty())
        draft.refuse(at + ".command", at + ".command: expected words for a shell");
}

}  // namespace

KeyPart start_keys() {
    return {table, check_start};
}

}  // namespace hubbub
