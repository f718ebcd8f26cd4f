// A mapping file as values: how one JSON-over-WebSocket chat words the verbs (docs/ADAPTERS.md describes
// every key). Immutable after the load; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "loadgen/adapters/json_pattern.hpp"
#include "loadgen/adapters/json_template.hpp"
#include "loadgen/plan/abilities.hpp"

namespace hubbub {

/// What the backend says, and where in it to find what counts.
struct JsonHeard : JsonPattern {
    std::optional<JsonPointer> room, body, sender, sequence, ref, number, request, head, entries;
    bool definite = true;  ///< reject: the send certainly did not happen
};

struct JsonVerb {
    std::optional<JsonTemplate> say;
    std::optional<JsonHeard> answer;
};

struct JsonMapping {
    BackendAbilities shows;
    std::string subprotocol;
    std::optional<JsonTemplate> room_name;  ///< rooms by name; else `create`
    JsonVerb create, open, join, resume, send, history, beat;
    bool resume_paged = false;
    Duration grace{};
    Duration beat_every{};
    JsonHeard receive;
    std::optional<JsonHeard> acknowledge;
    std::vector<JsonHeard> reject;
};

/// All errors at once, one a line: `file:line:column: what, what was expected, did you mean`.
Result<JsonMapping> load_json_mapping(std::string_view text, const std::string& file);

}  // namespace hubbub
