#include "loadgen/report/result_file.hpp"

#include <boost/json.hpp>

namespace hubbub {
namespace {

namespace json = boost::json;

struct Key {
    const char* name;
    json::kind kind;
};
constexpr Key keys[] = {
    {"verdict", json::kind::string},     {"scenario", json::kind::object},   {"totals", json::kind::object},
    {"rate", json::kind::object},        {"violations", json::kind::object}, {"broken", json::kind::object},
    {"not_checked", json::kind::array},  {"evidence", json::kind::array},    {"latency", json::kind::object},
    {"expectations", json::kind::array}, {"series", json::kind::array},      {"health", json::kind::object},
};

}  // namespace

Result<json::object> parse_result(std::string_view text, const std::string& name) {
    json::error_code error;
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // of a backend that said so; whoever shows it replaces it
    json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    if (error) return fail(name + ": not a result file: " + error.message());
    const json::object* const object = value.if_object();
    const json::value* const version = object ? object->if_contains("schema_version") : nullptr;
    if (!version) return fail(name + ": not a result file: it has no schema_version (docs/RESULT.md)");
    if (!version->is_int64() || version->get_int64() != 1)
        return fail(name + ": schema_version is " + json::serialize(*version) + ", this version reads 1");
    for (const Key& key : keys) {
        const json::value* const found = object->if_contains(key.name);
        if (!found || found->kind() != key.kind)
            return fail(name + ": `" + key.name + "` is " + (found ? "no " : "missing, expected an ") +
                        std::string(json::to_string(key.kind)));
    }
    return std::move(value.get_object());
}

}  // namespace hubbub
