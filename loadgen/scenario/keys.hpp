// The one table of the scenario language: it drives the parser, the errors, the documentation and, later, the
// JSON Schema. Constants; any thread.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/scenario.hpp"
#include "loadgen/scenario/units.hpp"

namespace hubbub {

enum class KeyType : std::uint8_t {
    map,
    list,
    text,
    name,
    count,
    number,
    share,
    duration,
    rate,
    rates,
    bytes,
    flag,
    choice,
    endpoint,
    address,
    slo,
    secret,   ///< a text that must come out of the environment and is never shown
    network,  ///< of a cohort, by chaos' registries
    deed,     ///< of the timeline, likewise
    custom,   ///< by the key's own `parse`, described by its own `form` and `shape`
    later,    ///< of the language, not built in this version: refused by name
};

enum class Need : std::uint8_t {
    optional,  ///< absent: nothing happens
    required,
    fallback,  ///< absent: the fallback's text is parsed instead; maps: their keys' fallbacks apply
};

/// A scalar's value, parsed as its type says; the other fields are empty.
struct Value {
    Mark mark;
    std::string name;  ///< of the entry of a free map that it stands in
    std::string text;  ///< text, name, choice, endpoint, address; for entries of a free map: their key
    std::uint64_t count = 0;
    double number = 0;  ///< number, share, rate
    Rates rates;
    Duration span{};
    bool flag = false;
    Slo slo;
    FaultDeed deed;
};

/// The mark as later errors name it.
inline Place place_of(const Value& value) {
    return {value.mark.line, value.mark.column, value.mark.source};
}
/// A count whose bounds in the table keep it below 2^32.
inline std::uint32_t u32(const Value& value) {
    return static_cast<std::uint32_t>(value.count);
}

/// What a load fills.
struct Draft {
    Scenario scenario;
    std::map<std::string, Mark> given;  ///< every path that was written, "load.2.messages", and where
};

struct Key {
    std::string_view path;  ///< `*`: any name; `[]`: each entry of a list
    KeyType type = KeyType::later;
    Need need = Need::optional;
    std::string_view fallback{};  ///< as one would write it
    std::string_view doc{};
    /// Stores a scalar; for maps and entries of lists: called before their own keys.
    void (*set)(Draft&, const Value&) = nullptr;
    double low = 0, high = std::numeric_limits<double>::infinity();  ///< scalars: bounds; lists: entries
    std::string_view words{};                                        ///< choice: `a|b|c`
    std::string_view later_words{};  ///< choice: of the language, not built in this version
    // custom: its own parser (nothing: not of the form), what it expects in words, and as a JSON Schema
    // pattern
    std::optional<Value> (*parse)(std::string_view text) = nullptr;
    std::string_view form{}, shape{};
    KeyType names = KeyType::name;  ///< `*`: what the free names are
};

/// A draft whose values all have their form, and where to complain about how they fit together.
class DraftView {
  public:
    DraftView(const Draft& draft, ScenarioErrors& errors)
        : scenario(draft.scenario), draft_(draft), errors_(errors) {}

    const Scenario& scenario;
    [[nodiscard]] bool given(const std::string& path) const { return draft_.given.contains(path); }
    /// At the path ("behaviors.writer.send"), or at the nearest thing above it that was written.
    void refuse(std::string path, std::string what);

  private:
    const Draft& draft_;
    ScenarioErrors& errors_;
};

/// One file of the table: a subject's keys, and what the table cannot say about how its values must fit.
struct KeyPart {
    std::span<const Key> keys;
    void (*check)(DraftView& draft) = nullptr;
};

/// The whole table. A map's keys are set in this order, whatever the file's order.
std::span<const Key> scenario_keys();

/// Its parts, one file each (keys_NAME.cpp); keys.cpp lists them. CONTRIBUTING.md says how to add one.
KeyPart run_keys();         ///< the file itself, target, expectations
KeyPart user_keys();        ///< users and what they do
KeyPart auth_keys();        ///< how users prove who they are
KeyPart population_keys();  ///< devices, cohorts, the social graph
KeyPart session_keys();     ///< who comes and goes
KeyPart membership_keys();  ///< whose memberships end and begin again
KeyPart history_keys();     ///< who reads what was said before
KeyPart load_keys();        ///< the phases
KeyPart fault_keys();       ///< what goes wrong
KeyPart shape_keys();       ///< spikes, waves and traces
KeyPart presence_keys();    ///< beats, and who watches whom
KeyPart start_keys();       ///< a server of somebody else's
KeyPart abort_keys();       ///< what ends a run before its time
KeyPart find_keys();        ///< the search for a capacity
KeyPart report_keys();      ///< where figures go
KeyPart tls_keys();         ///< what wss:// endpoints need
KeyPart talk_keys();        ///< what users do about messages
KeyPart reading_keys();     ///< receipts
KeyPart later_keys();       ///< not built; a path that another part has is taken for built
std::span<const KeyPart> key_parts();

/// The direct children of a path pattern ("" is the document), `[]` entries excluded.
std::vector<const Key*> children_of(std::string_view pattern);
const Key* find_key(std::string_view pattern);

/// "a duration such as 500ms, 30s, 5m or 1h"
std::string expected(const Key& key);
/// Parses a scalar; the error says what was expected.
Result<Value> parse_value(const Key& key, std::string_view text);

/// The table as Markdown, for docs/SCENARIOS.md.
std::string describe_keys();

}  // namespace hubbub
