#include "loadgen/adapters/json_pattern.hpp"

#include <charconv>

#include "loadgen/scenario/errors.hpp"

namespace hubbub {

Result<JsonPointer> JsonPointer::make(std::string_view text) {
    if (!text.empty() && text.front() != '/')
        return fail("expected a JSON pointer such as /message/text or /1, found " + hubbub::quoted(text));
    for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1))
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1'))
            return fail("in a JSON pointer ~ stands only in ~0 (a tilde) and ~1 (a slash): " +
                        hubbub::quoted(text));
    JsonPointer made;
    made.path_ = text;
    return made;
}

std::optional<simdjson::dom::element> JsonPointer::find(simdjson::dom::element in) const {
    if (path_.empty()) return in;
    simdjson::dom::element found;
    if (in.at_pointer(path_).get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
}

std::optional<std::string_view> JsonPointer::text(simdjson::dom::element in) const {
    const auto found = find(in);
    std::string_view text;
    if (!found || found->get(text) != simdjson::SUCCESS) return std::nullopt;
    return text;
}

std::optional<std::uint64_t> JsonPointer::number(simdjson::dom::element in) const {
    const auto found = find(in);
    if (!found) return std::nullopt;
    std::uint64_t number = 0;
    if (found->get(number) == simdjson::SUCCESS) return number;
    std::string_view digits;
    if (found->get(digits) != simdjson::SUCCESS || digits.empty()) return std::nullopt;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

Result<JsonCondition> JsonCondition::make(std::string_view text) {
    constexpr std::string_view form =
        "expected a condition such as /type == \"message\", /error exists or /error absent, found ";
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return fail(std::string(form) + hubbub::quoted(text));
    auto pointer = JsonPointer::make(text.substr(0, space));
    if (!pointer) return pointer.error();
    JsonCondition made;
    made.pointer_ = std::move(*pointer);
    const std::string_view rest = text.substr(space + 1);
    if (rest == "exists") return made;
    made.test_ = Test::absent;
    if (rest == "absent") return made;
    if (!rest.starts_with("== ") && !rest.starts_with("!= "))
        return fail(std::string(form) + hubbub::quoted(text));
    made.test_ = rest.starts_with("==") ? Test::equal : Test::different;
    simdjson::dom::parser parser;
    simdjson::dom::element value;
    if (parser.parse(std::string(rest.substr(3))).get(value) != simdjson::SUCCESS)
        return fail("what stands behind == must be JSON; a text has double quotes: " + hubbub::quoted(text));
    made.expected_ = simdjson::minify(value);
    if (std::string_view string; value.get(string) == simdjson::SUCCESS) made.text_ = string;
    return made;
}

bool JsonCondition::equals(simdjson::dom::element found) const {
    if (!text_) return simdjson::minify(found) == expected_;
    std::string_view string;
    return found.get(string) == simdjson::SUCCESS && string == *text_;
}

bool JsonCondition::holds(simdjson::dom::element in) const {
    const auto found = pointer_.find(in);
    switch (test_) {
        case Test::exists:
            return found.has_value();
        case Test::absent:
            return !found.has_value();
        case Test::equal:
            return found && equals(*found);
        case Test::different:
            return !found || !equals(*found);
    }
    return false;
}

}  // namespace hubbub
