#include "chaos/proxy/proxy_json.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cmath>
#include <set>

#include "chaos/faults/registry.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

ProxyError bad(const std::string& why) {
    return {400, "bad request body: " + why};
}

/// Whoever misspells a key believes to have said something.
std::optional<ProxyError> unknown_key(const json::object& object,
                                      std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : object) {
        if (std::find(known.begin(), known.end(), std::string_view(key)) != known.end()) continue;
        std::string list;
        for (const std::string_view each : known) list += (list.empty() ? "" : ", ") + std::string(each);
        return bad("unknown key '" + std::string(key) + "' (known: " + list + ")");
    }
    return std::nullopt;
}

ProxyResult<std::optional<std::string>> text_of(const json::object& object, std::string_view key) {
    const json::value* const value = object.if_contains(key);
    if (!value) return std::optional<std::string>();
    if (!value->is_string()) return bad(std::string(key) + ": expected a string");
    return std::optional<std::string>(std::string(value->as_string()));
}

ProxyResult<std::optional<double>> toxicity_of(const json::object& object) {
    const json::value* const value = object.if_contains("toxicity");
    if (!value) return std::optional<double>();
    const double number = value->is_number() ? value->to_number<double>() : -1;
    if (!(number >= 0 && number <= 1)) return bad("toxicity: expected a share of the connections, 0 to 1");
    return std::optional<double>(number);
}

std::vector<std::string_view> words_of(const FaultAttribute& attribute) {
    std::vector<std::string_view> words;
    for (std::string_view left = attribute.words;;) {
        const std::size_t end = std::min(left.find('|'), left.size());
        words.push_back(left.substr(0, end));
        if (end == left.size()) return words;
        left.remove_prefix(end + 1);
    }
}

std::string_view unit_name(FaultUnit unit) {
    switch (unit) {
        case FaultUnit::milliseconds:
            return "whole milliseconds";
        case FaultUnit::microseconds:
            return "whole microseconds";
        case FaultUnit::bytes:
            return "bytes";
        case FaultUnit::kilobytes_a_second:
            return "kilobytes a second";
        default:
            return "a whole number";
    }
}

ProxyResult<std::int64_t> value_of(const json::value& given, const FaultAttribute& attribute) {
    const std::string name(attribute.name);
    if (attribute.unit == FaultUnit::word) {
        const auto words = words_of(attribute);
        const auto* const text = given.if_string();
        const auto found =
            text ? std::find(words.begin(), words.end(), std::string_view(*text)) : words.end();
        if (found == words.end()) {
            std::string list(attribute.words);
            std::replace(list.begin(), list.end(), '|', ' ');
            return bad("attributes." + name + ": expected one of: " + list);
        }
        return static_cast<std::int64_t>(found - words.begin());
    }
    boost::system::error_code error;
    const auto number =
        given.is_int64() || given.is_uint64() ? given.to_number<std::int64_t>(error) : std::int64_t{-1};
    const bool whole = (given.is_int64() || given.is_uint64()) && !error;
    if (!whole || number < attribute.least || number > attribute.most)
        return bad("attributes." + name + ": expected " + std::string(unit_name(attribute.unit)) + ", " +
                   std::to_string(attribute.least) + " to " + std::to_string(attribute.most));
    return number;
}

}  // namespace

ProxyResult<json::object> parse_object(std::string_view body) {
    boost::system::error_code error;
    json::value value = json::parse({body.data(), body.size()}, error);
    if (error) return bad(error.message());
    if (!value.is_object()) return bad("expected a JSON object");
    return std::move(value.as_object());
}

ProxyResult<ProxyWish> parse_proxy(const json::object& object) {
    // Logger is what Toxiproxy's own answers carry along; clients may send back what they were given.
    if (const auto error = unknown_key(object, {"name", "listen", "upstream", "enabled", "toxics", "Logger"}))
        return *error;
    ProxyWish wish;
    for (const auto& [key, field] :
         {std::pair{"name", &wish.name}, {"listen", &wish.listen}, {"upstream", &wish.upstream}}) {
        auto text = text_of(object, key);
        if (!text) return text.error();
        *field = std::move(*text);
    }
    if (const json::value* const enabled = object.if_contains("enabled")) {
        if (!enabled->is_bool()) return bad("enabled: expected true or false");
        wish.enabled = enabled->as_bool();
    }
    const json::value* const toxics = object.if_contains("toxics");
    if (!toxics || toxics->is_null()) return wish;
    if (!toxics->is_array()) return bad("toxics: expected a list");
    wish.faults.emplace();
    std::set<std::string> names;
    for (const json::value& each : toxics->as_array()) {
        if (!each.is_object()) return bad("toxics: expected objects");
        auto fault = parse_fault(each.as_object());
        if (!fault) return fault.error();
        if (!names.insert(fault->name).second) return bad("toxics: two are named '" + fault->name + "'");
        wish.faults->push_back(std::move(*fault));
    }
    return wish;
}

ProxyResult<std::vector<ProxyWish>> parse_proxies(std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse({body.data(), body.size()}, error);
    if (error) return bad(error.message());
    if (!value.is_array()) return bad("expected a list of proxies");
    std::vector<ProxyWish> wishes;
    std::set<std::string> names;
    for (const json::value& each : value.as_array()) {
        const std::string which = " at proxy " + std::to_string(wishes.size() + 1);
        if (!each.is_object()) return bad("expected objects" + which);
        auto wish = parse_proxy(each.as_object());
        if (!wish) return ProxyError{wish.error().status, wish.error().message + which};
        if (!wish->name || wish->name->empty())
            return ProxyError{400, "missing required field: name" + which};
        if (!wish->upstream || wish->upstream->empty())
            return ProxyError{400, "missing required field: upstream" + which};
        if (!names.insert(*wish->name).second) return bad("two proxies are named '" + *wish->name + "'");
        wishes.push_back(std::move(*wish));
    }
    return wishes;
}

ProxyResult<FaultSpec> parse_fault(const json::object& object) {
    if (const auto error = unknown_key(object, {"name", "type", "stream", "toxicity", "attributes"}))
        return *error;
    auto name = text_of(object, "name"), type = text_of(object, "type"), stream = text_of(object, "stream");
    for (const auto* text : {&name, &type, &stream})
        if (!*text) return text->error();
    FaultSpec fault;
    const std::string direction = stream->value_or("downstream");
    if (direction != "upstream" && direction != "downstream")
        return ProxyError{400, "stream was invalid, can be either upstream or downstream"};
    fault.stream = direction == "upstream" ? FaultStream::upstream : FaultStream::downstream;
    fault.kind = find_fault_kind(type->value_or(""));
    if (!fault.kind) return ProxyError{400, "invalid toxic type"};
    fault.name = name->value_or("");
    if (fault.name.empty()) fault.name = std::string(fault.kind->name) + "_" + direction;
    const auto toxicity = toxicity_of(object);
    if (!toxicity) return toxicity.error();
    fault.toxicity = toxicity->value_or(1);
    const json::value* const attributes = object.if_contains("attributes");
    if (attributes && !attributes->is_object() && !attributes->is_null())
        return bad("attributes: expected an object");
    for (const FaultAttribute& attribute : fault.kind->attributes) fault.values.push_back(attribute.fallback);
    auto values =
        parse_values(attributes && attributes->is_object() ? attributes->as_object() : json::object(),
                     *fault.kind, std::move(fault.values));
    if (!values) return values.error();
    fault.values = std::move(*values);
    return fault;
}

ProxyResult<FaultWish> parse_fault_change(const json::object& object, const FaultSpec& fault) {
    if (const auto error = unknown_key(object, {"name", "type", "stream", "toxicity", "attributes"}))
        return *error;
    for (const auto& [key, is] : {std::pair<std::string_view, std::string_view>{"name", fault.name},
                                  {"type", fault.kind->name},
                                  {"stream", name(fault.stream)}}) {
        const auto wants = text_of(object, key);
        if (!wants) return wants.error();
        if (*wants && !(*wants)->empty() && **wants != is)
            return bad(std::string(key) + ": a toxic keeps its own ('" + std::string(is) +
                       "'); remove it and add another");
    }
    FaultWish wish;
    const auto toxicity = toxicity_of(object);
    if (!toxicity) return toxicity.error();
    wish.toxicity = *toxicity;
    if (const json::value* const attributes = object.if_contains("attributes")) {
        if (!attributes->is_object()) return bad("attributes: expected an object");
        wish.attributes = attributes->as_object();
    }
    return wish;
}

ProxyResult<FaultValues> parse_values(const json::object& attributes, const FaultKind& kind,
                                      FaultValues values) {
    for (const auto& [key, given] : attributes) {
        const auto found =
            std::find_if(kind.attributes.begin(), kind.attributes.end(),
                         [&](const FaultAttribute& each) { return each.name == std::string_view(key); });
        if (found == kind.attributes.end()) {
            std::string known;
            for (const FaultAttribute& each : kind.attributes)
                known += (known.empty() ? "" : ", ") + std::string(each.name);
            return bad("attributes: '" + std::string(kind.name) + "' has no '" + std::string(key) + "' (" +
                       (known.empty() ? "it has none" : "it has: " + known) + ")");
        }
        const auto value = value_of(given, *found);
        if (!value) return value.error();
        values[static_cast<std::size_t>(found - kind.attributes.begin())] = *value;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] < kind.attributes[i].least)
            return bad("attributes." + std::string(kind.attributes[i].name) + ": must be given, at least " +
                       std::to_string(kind.attributes[i].least));
    const std::string wrong = kind.check ? kind.check(values) : "";
    if (!wrong.empty()) return bad("attributes." + wrong);
    return values;
}

json::object to_json(const FaultSpec& fault) {
    json::object attributes;
    for (std::size_t i = 0; i < fault.values.size(); ++i) {
        const FaultAttribute& attribute = fault.kind->attributes[i];
        if (attribute.is_addition && fault.values[i] == attribute.fallback) continue;
        if (attribute.unit == FaultUnit::word)
            attributes[attribute.name] = words_of(attribute)[static_cast<std::size_t>(fault.values[i])];
        else
            attributes[attribute.name] = fault.values[i];
    }
    json::object out;
    out["attributes"] = std::move(attributes);
    out["name"] = fault.name;
    out["type"] = fault.kind->name;
    out["stream"] = name(fault.stream);
    if (fault.toxicity == std::floor(fault.toxicity))
        out["toxicity"] = static_cast<std::int64_t>(fault.toxicity);
    else
        out["toxicity"] = fault.toxicity;
    return out;
}

json::object to_json(const LiveProxy& proxy) {
    json::object out;
    out["name"] = proxy.name();
    out["listen"] = proxy.addresses().listen;
    out["upstream"] = proxy.addresses().upstream;
    out["enabled"] = proxy.enabled();
    json::array toxics;
    for (const auto& placed : proxy.faults().all()) toxics.push_back(to_json(placed->spec));
    out["toxics"] = std::move(toxics);
    return out;
}

json::object to_json(const ProxyError& error) {
    return {{"error", error.message}, {"status", error.status}};
}

}  // namespace hubbub
