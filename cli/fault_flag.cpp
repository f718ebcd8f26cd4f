#include "cli/fault_flag.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "chaos/proxy/proxy_json.hpp"

namespace hubbub::cli {

Result<FaultSpec> parse_fault_flag(const std::string& flag, const std::string& text) {
    const auto colon = std::min(text.find(':'), text.size());
    boost::json::object object{{"type", text.substr(0, colon)}}, attributes;
    for (std::string left = text.substr(std::min(colon + 1, text.size())); !left.empty();) {
        const auto comma = std::min(left.find(','), left.size());
        const std::string pair = left.substr(0, comma);
        left.erase(0, comma + 1);
        const auto equals = pair.find('=');
        if (equals == std::string::npos)
            return fail(flag + " " + text + ": expected TYPE:key=value,key=value");
        const std::string key = pair.substr(0, equals), value = pair.substr(equals + 1);
        char* end = nullptr;
        const double number = std::strtod(value.c_str(), &end);
        const bool is_number = !value.empty() && *end == '\0';
        boost::json::object& to = key == "stream" || key == "toxicity" || key == "name" ? object : attributes;
        if (is_number && key != "toxicity" && value.find_first_not_of("0123456789") == std::string::npos)
            to[key] = static_cast<std::int64_t>(number);
        else if (is_number)
            to[key] = number;
        else
            to[key] = value;
    }
    object["attributes"] = attributes;
    auto fault = parse_fault(object);
    if (!fault) return fail(flag + " " + text + ": " + fault.error().message);
    return std::move(*fault);
}

}  // namespace hubbub::cli
