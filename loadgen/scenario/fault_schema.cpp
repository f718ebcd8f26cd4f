// The forms of faults as JSON Schemas, out of the registries.
#include <map>

#include "chaos/faults/registry.hpp"
#include "chaos/targets/registry.hpp"
#include "loadgen/scenario/fault_reader.hpp"
#include "loadgen/scenario/network_profiles.hpp"
#include "loadgen/scenario/schema_json.hpp"

namespace hubbub {
namespace {

using namespace schema_json;

std::string pattern(std::string_view text) {
    return object_of({{"type", text_of("string")}, {"pattern", text_of(text)}});
}

std::string one_of(const std::vector<std::string>& forms) {
    return object_of({{"anyOf", array_of(forms)}});
}

std::string words(std::string_view all) {
    std::vector<std::string> out;
    while (!all.empty()) {
        const std::size_t end = std::min(all.find('|'), all.size());
        out.push_back(text_of(all.substr(0, end)));
        all.remove_prefix(std::min(end + 1, all.size()));
    }
    return object_of({{"enum", array_of(out)}});
}

std::string value_of(const FaultAttribute& attribute) {
    const std::string number = "[0-9][0-9_]*(\\.[0-9]+)?";
    const std::string whole = object_of({{"type", text_of("integer")}});
    const std::string variable = pattern(R"(\$\{)");
    switch (attribute.unit) {
        case FaultUnit::milliseconds:
        case FaultUnit::microseconds:
            return one_of({pattern("^" + number + "(us|ms|s|m|h)$"), variable});
        case FaultUnit::bytes:
            return one_of({whole, pattern("^" + number + "(B|KB|MB|KiB|MiB)?$"), variable});
        case FaultUnit::kilobytes_a_second:
            return one_of({pattern("^" + number + "(KB|MB)/s$"), variable});
        case FaultUnit::count:
            return one_of({whole, pattern("^" + number + "[kMG]?$"), variable});
        case FaultUnit::word:
            break;
    }
    return one_of({words(attribute.words), variable});
}

/// By name: a fault, and what may stand beside it.
void add(std::map<std::string, std::vector<std::string>>& forms, std::string_view name,
         std::span<const FaultAttribute> attributes, bool streams) {
    Members members;
    for (const FaultAttribute& attribute : attributes) {
        members.emplace_back(attribute.name, value_of(attribute));
        forms[std::string(attribute.name)].push_back(value_of(attribute));
    }
    if (streams) members.emplace_back("stream", words("downstream|upstream|both"));
    std::vector<std::string> own = {object_of({{"type", text_of("object")},
                                               {"additionalProperties", "false"},
                                               {"properties", object_of(members)}})};
    if (!attributes.empty()) own.push_back(value_of(attributes[0]));
    auto& of_name = forms[std::string(name)];
    of_name.insert(of_name.end(), own.begin(), own.end());
}

}  // namespace

std::vector<std::string> fault_schemas(FaultPlace where) {
    std::map<std::string, std::vector<std::string>> forms;
    std::string names;
    const auto name = [&](std::string_view one) { names += (names.empty() ? "" : "|") + std::string(one); };
    if (where == FaultPlace::network)
        for (const NetworkProfile& profile : network_profiles()) name(profile.name);
    else
        name("reset|expire_tokens");
    for (const FaultKind* kind : fault_kinds()) {
        if (where == FaultPlace::network && kind->name.starts_with("frame_")) continue;
        name(kind->name);
        add(forms, kind->name, kind->attributes, true);
    }
    if (where == FaultPlace::timeline)
        for (const TargetFaultKind* kind : target_fault_kinds()) {
            name(kind->name);
            add(forms, kind->name, kind->attributes, false);
        }
    forms["stream"] = {words("downstream|upstream|both")};
    Members members;
    for (const auto& [key, all] : forms) members.emplace_back(key, one_of(all));
    return {words(names), pattern(R"(\$\{)"),
            object_of({{"type", text_of("object")},
                       {"additionalProperties", "false"},
                       {"minProperties", "1"},
                       {"properties", object_of(members)}})};
}

}  // namespace hubbub
