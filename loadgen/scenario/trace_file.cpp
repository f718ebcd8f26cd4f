#include "loadgen/scenario/trace_file.hpp"

#include <algorithm>
#include <array>

#include "loadgen/scenario/units.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

constexpr std::string_view short_header = "at,user,conversation";
constexpr std::string_view long_header = "at,user,conversation,bytes";
/// A body holds at least the stamp (loadgen/check/stamp.hpp).
constexpr std::uint64_t body_min = 48;

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Reads one line after the other; the first surprise is the error.
class TraceReader {
  public:
    Result<std::vector<TracedSend>> read(std::string_view text) {
        const std::string_view header = take_line(text);
        if (header != short_header && header != long_header)
            return fail("1:1: expected the header " + std::string(short_header) + " or " +
                        std::string(long_header));
        columns_ = header == long_header ? 4 : 3;
        while (!text.empty()) {
            ++line_;
            line_text_ = take_line(text);
            if (!row()) return fail(std::to_string(line_) + ":" + std::to_string(column_) + ": " + why_);
        }
        if (sends_.empty()) return fail("1:1: a trace without sends");
        return std::move(sends_);
    }

  private:
    bool row() {
        TracedSend send;
        std::string_view rest = line_text_;
        std::array<std::string_view, 4> fields;
        for (std::size_t i = 0; i < columns_; ++i) {
            column_ = static_cast<std::size_t>(rest.data() - line_text_.data()) + 1;
            const std::size_t comma = rest.find(',');
            const bool last = i + 1 == columns_;
            if (last != (comma == std::string_view::npos))
                return refuse("expected " + std::to_string(columns_) + " fields");
            fields[i] = rest.substr(0, comma);
            if (!last) rest.remove_prefix(comma + 1);
        }
        std::uint64_t index = 0;
        column_ = 1;
        const auto seconds = parse_number(fields[0]);
        if (!seconds || *seconds > 7 * 86'400.0)
            return refuse("expected seconds such as 12.5, not " + quoted(fields[0]));
        send.at = Duration{static_cast<Duration::rep>(*seconds * 1e9)};
        if (!sends_.empty() && send.at < sends_.back().at) return refuse("the times must not fall");
        if (!number(fields[1], limits::scenario_users_max, "a user's index", index)) return false;
        send.user = static_cast<std::uint32_t>(index);
        if (!number(fields[2], limits::scenario_users_max, "a conversation's index", index)) return false;
        send.conversation = static_cast<std::uint32_t>(index);
        if (columns_ == 4) {
            if (!number(fields[3], limits::body_bytes_max, "a length of 48 to 16384 bytes", index))
                return false;
            if (index < body_min) return refuse("a body carries a stamp of 48 bytes");
            send.bytes = static_cast<std::uint32_t>(index);
        }
        sends_.push_back(send);
        return true;
    }

    bool number(std::string_view field, std::uint64_t most, const char* what, std::uint64_t& out) {
        column_ = static_cast<std::size_t>(field.data() - line_text_.data()) + 1;
        const auto value = parse_count(field);
        if (!value || *value > most)
            return refuse("expected " + std::string(what) + ", not " + quoted(field));
        out = *value;
        return true;
    }

    bool refuse(std::string why) {
        why_ = std::move(why);
        return false;
    }

    std::vector<TracedSend> sends_;
    std::string_view line_text_;
    std::size_t columns_ = 3, line_ = 1, column_ = 1;
    std::string why_;
};

}  // namespace

Result<std::vector<TracedSend>> parse_trace(std::string_view text) {
    return TraceReader().read(text);
}

void read_traces(Scenario& scenario, const LoadOptions& options, ScenarioErrors& errors) {
    const std::string folder = scenario.file.substr(0, scenario.file.find_last_of('/') + 1);
    for (Phase& phase : scenario.phases) {
        for (SendStream& stream : phase.streams) {
            if (stream.shape.trace_file.empty()) continue;
            const Mark mark{stream.place.source, stream.place.line, stream.place.column};
            const std::string path = folder + stream.shape.trace_file;
            const auto text = options.read_file ? options.read_file(path)
                                                : Result<std::string>(fail("cannot be read here"));
            if (!text.has_value()) {
                errors.add(mark, "replay: " + quoted(path) + ": " + text.error().message);
                continue;
            }
            auto sends = parse_trace(*text);
            if (!sends.has_value())
                errors.add(mark, "replay: " + path + ":" + sends.error().message);
            else
                stream.shape.trace = std::make_shared<const std::vector<TracedSend>>(std::move(*sends));
        }
    }
}

}  // namespace hubbub
