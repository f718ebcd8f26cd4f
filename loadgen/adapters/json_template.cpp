#include "loadgen/adapters/json_template.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "loadgen/scenario/errors.hpp"
#include "protocol/json_writer.hpp"

namespace hubbub {
namespace {

constexpr std::array<std::pair<std::string_view, Variable>, 16> variables = {{
    {"user", Variable::user},
    {"device", Variable::device},
    {"room", Variable::room},
    {"body", Variable::body},
    {"key", Variable::key},
    {"class", Variable::kind},
    {"ref", Variable::ref},
    {"conversation", Variable::conversation},
    {"run", Variable::run},
    {"n", Variable::number},
    {"after", Variable::after},
    {"from", Variable::from},
    {"to", Variable::to},
    {"limit", Variable::limit},
    {"request", Variable::request},
    {"members", Variable::members},
}};

/// The name of a variable that begins at this brace; nothing where the brace is JSON's own.
std::optional<std::string_view> name_at(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '_')) ++end;
    if (end == 1 || end == text.size() || text[end] != '}') return std::nullopt;
    return text.substr(1, end - 1);
}

Result<Variable> variable_of(std::string_view name, std::span<const Variable> allowed) {
    std::vector<std::string_view> known;
    for (const auto& [word, variable] : variables) {
        const bool here = std::find(allowed.begin(), allowed.end(), variable) != allowed.end();
        if (word == name && here) return variable;
        if (here) known.push_back(word);
    }
    std::string all;
    for (const std::string_view word : known) all += (all.empty() ? "{" : ", {") + std::string(word) + "}";
    return fail("no variable {" + std::string(name) + "} here" + did_you_mean(name, known) + "; there are " +
                (all.empty() ? "none" : all));
}

void append_value(Variable variable, const VariableValues& v, json::Writer& out) {
    switch (variable) {
        case Variable::user:
            out.text(v.user);
            return;
        case Variable::device:
            out.text(v.device);
            return;
        case Variable::room:
            out.text(v.room);
            return;
        case Variable::body:
            out.text(v.body);
            return;
        case Variable::key:
            out.text(v.key);
            return;
        case Variable::kind:
            out.text(v.kind);
            return;
        case Variable::ref:
            out.text(v.ref);
            return;
        case Variable::members:
            out.list(v.members, [&](std::string_view member) { out.text(member); });
            return;
        default:
            break;
    }
    const std::uint64_t numbers[] = {v.conversation, v.run, v.number, v.after,
                                     v.from,         v.to,  v.limit,  v.request};
    out.number(
        numbers[static_cast<std::size_t>(variable) - static_cast<std::size_t>(Variable::conversation)]);
}

}  // namespace

Result<JsonTemplate> JsonTemplate::split(std::string_view text, std::span<const Variable> allowed,
                                         bool json) {
    JsonTemplate made;
    std::string literal;
    bool quoted_now = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto name = text[at] == '{' ? name_at(text.substr(at)) : std::nullopt;
        if (!name) {
            literal += text[at];
            if (!json) continue;
            if (text[at] == '"') quoted_now = !quoted_now;
            if (text[at] == '\\' && quoted_now && at + 1 < text.size()) literal += text[++at];
            continue;
        }
        const auto variable = variable_of(*name, allowed);
        if (!variable) return variable.error();
        if (!literal.empty()) made.parts_.push_back({How::literal, {}, std::exchange(literal, {})});
        made.parts_.push_back({!json ? How::plain : quoted_now ? How::inside : How::value, *variable, {}});
        at += name->size() + 1;
    }
    if (!literal.empty()) made.parts_.push_back({How::literal, {}, std::move(literal)});
    return made;
}

Result<JsonTemplate> JsonTemplate::compile(std::string_view text, std::span<const Variable> allowed) {
    auto made = split(text, allowed, true);
    if (!made) return made;
    std::string sample;
    made->append({}, sample);
    simdjson::dom::parser parser;
    if (const auto error = parser.parse(sample).error())
        return fail("not JSON once its variables are filled in (" +
                    std::string(simdjson::error_message(error)) + "): " + hubbub::quoted(sample));
    return made;
}

Result<JsonTemplate> JsonTemplate::compile_text(std::string_view text, std::span<const Variable> allowed) {
    return split(text, allowed, false);
}

void JsonTemplate::append(const VariableValues& values, std::string& out) const {
    json::Writer writer(out);
    for (const Part& part : parts_) {
        if (part.how == How::literal) {
            out += part.literal;
            continue;
        }
        const std::size_t begin = out.size();
        append_value(part.variable, values, writer);
        // A part of a text: JSON's escapes stay, its quotes go.
        if (part.how == How::value || begin == out.size() || out[begin] != '"') continue;
        out.pop_back();
        out.erase(begin, 1);
    }
}

bool JsonTemplate::uses(Variable variable) const {
    return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
        return part.how != How::literal && part.variable == variable;
    });
}

}  // namespace hubbub
