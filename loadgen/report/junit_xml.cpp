// JUnit XML as GitHub, GitLab and Jenkins read it: a failure is the target's fault, an error says that
// nothing was proven. Texts of a hostile backend stay texts.
#include <array>
#include <cstdio>

#include "loadgen/report/output_formats.hpp"
#include "protocol/utf8.hpp"

namespace hubbub {
namespace {

/// XML 1.0, section 2.2: most control characters cannot stand in a document at all, not even escaped; and a
/// document with one wrong byte is none.
std::string xml_text(std::string_view text) {
    Utf8Checker whole;
    const bool valid = whole.feed(text) && whole.complete();
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&apos;";
        else if (c == '\n')
            out += "&#10;";
        else if (c == '\t')
            out += "&#9;";
        else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !valid))
            out += '?';
        else
            out += c;
    }
    // U+FFFE and U+FFFF are valid UTF-8 and no characters of XML.
    for (const char* const no_character : {"\xef\xbf\xbe", "\xef\xbf\xbf"})
        for (auto at = out.find(no_character); at != std::string::npos; at = out.find(no_character, at))
            out.replace(at, 3, "?");
    return out;
}

std::string attribute(const char* name, std::string_view value) {
    return std::string(" ") + name + "=\"" + xml_text(value) + "\"";
}

std::string seconds(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
}

std::string body_of(const ResultCase& one) {
    std::string details;
    for (const std::string& line : one.details) details += xml_text(line) + "\n";
    switch (one.state) {
        case ResultCase::State::failed:
            return "<failure" + attribute("message", one.why) + ">" + details + "</failure>";
        case ResultCase::State::no_proof:
            return "<error" + attribute("message", one.why) + "/>";
        case ResultCase::State::skipped:
            return "<skipped" + attribute("message", one.why) + "/>";
        case ResultCase::State::ok:
            break;
    }
    return details.empty() ? "" : "<system-out>" + details + "</system-out>";
}

std::string test_case(const std::string& scenario, const ResultCase& one, double duration) {
    constexpr std::array groups = {"expectations", "counters", "run"};
    const bool run = one.kind == ResultCase::Kind::run;
    return "    <testcase" +
           attribute("classname", "hubbub." + scenario + "." + groups[static_cast<std::size_t>(one.kind)]) +
           attribute("name", one.name) + attribute("time", seconds(run ? duration : 0)) + ">" + body_of(one) +
           "</testcase>\n";
}

}  // namespace

OutputFiles junit_output(const RunResult& result) {
    const RunInput& in = result.in;
    const std::string& scenario = in.plan->scenario->name;
    std::array<int, 4> by_state{};
    std::string cases;
    int count = 0;
    for (const ResultCase& one : result_cases(result)) {
        ++by_state[static_cast<std::size_t>(one.state)];
        ++count;
        cases += test_case(scenario, one, in.duration);
    }
    const auto number = [&](ResultCase::State state) {
        return std::to_string(by_state[static_cast<std::size_t>(state)]);
    };
    std::string timestamp = in.started_at;  // JUnit's has no zone
    if (timestamp.ends_with('Z')) timestamp.pop_back();
    return {{"", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite" +
                     attribute("name", "hubbub " + scenario) + attribute("tests", std::to_string(count)) +
                     attribute("failures", number(ResultCase::State::failed)) +
                     attribute("errors", number(ResultCase::State::no_proof)) +
                     attribute("skipped", number(ResultCase::State::skipped)) +
                     attribute("time", seconds(in.duration)) +
                     (timestamp.empty() ? "" : attribute("timestamp", timestamp)) + ">\n    <properties>" +
                     "<property" + attribute("name", "verdict") + attribute("value", name(result.verdict)) +
                     "/><property" + attribute("name", "again") + attribute("value", in.command) +
                     "/></properties>\n" + cases + "  </testsuite>\n</testsuites>\n"}};
}

}  // namespace hubbub
