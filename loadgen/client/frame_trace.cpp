#include "loadgen/client/frame_trace.hpp"

#include <array>
#include <cctype>
#include <cstdio>

#include "protocol/limits.hpp"

namespace hubbub {
namespace {

constexpr std::string_view hidden = "[redacted]";

/// As fields of any dialect may be called, in small letters.
constexpr std::array<std::string_view, 9> secret_words = {
    "token", "jwt", "secret", "password", "passwd", "authorization", "api_key", "apikey", "credential"};

bool is_secret_name(std::string_view name) {
    std::string small;
    for (const char c : name) small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view word : secret_words)
        if (small.find(word) != std::string::npos) return true;
    return false;
}

/// Where the string ends whose opening quote stands at `from`; npos: it does not.
std::size_t closing_quote(std::string_view text, std::size_t from) {
    for (std::size_t i = from + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i;
    }
    return std::string_view::npos;
}

std::size_t base64url_run(std::string_view text, std::size_t from) {
    std::size_t n = 0;
    while (from + n < text.size()) {
        const auto c = static_cast<unsigned char>(text[from + n]);
        if (!std::isalnum(c) && c != '-' && c != '_') break;
        ++n;
    }
    return n;
}

/// The length of a signed token that begins here; 0: none does. `{"` is "eyJ" in base64url.
std::size_t token_length(std::string_view text, std::size_t from) {
    if (!text.substr(from).starts_with("eyJ")) return 0;
    std::size_t end = from + base64url_run(text, from);
    for (int part = 0; part < 2; ++part) {
        if (end >= text.size() || text[end] != '.') return 0;
        const std::size_t run = base64url_run(text, end + 1);
        end += 1 + run;
    }
    return end - from;
}

}  // namespace

std::string redacted(std::string_view text) {
    std::string out;
    bool hide_next = false;  // the value of a field with a telling name follows
    for (std::size_t i = 0; i < text.size();) {
        if (const std::size_t token = token_length(text, i)) {
            out += hidden;
            i += token;
        } else if (text[i] == '"') {
            const std::size_t end = closing_quote(text, i);
            const std::string_view inside =
                text.substr(i + 1, end == std::string_view::npos ? end : end - i - 1);
            std::size_t next = end == std::string_view::npos ? text.size() : end + 1;
            if (hide_next) {
                out += '"' + std::string(hidden) + '"';
                hide_next = false;
                i = next;
                continue;
            }
            std::size_t colon = next;
            while (colon < text.size() && text[colon] == ' ') ++colon;
            const bool is_name = colon < text.size() && text[colon] == ':';
            if (is_name && is_secret_name(inside)) {
                hide_next = true;
                out += text.substr(i, colon + 1 - i);
                i = colon + 1;
            } else if (is_name) {
                out += text.substr(i, colon + 1 - i);
                i = colon + 1;
            } else {
                // A token may stand inside a text.
                out += '"';
                ++i;
                while (i < next && text[i] != '"') {
                    if (const std::size_t token_here = token_length(text, i)) {
                        out += hidden;
                        i += token_here;
                        continue;
                    }
                    if (text[i] == '\\' && i + 1 < next) out += text[i++];
                    out += text[i++];
                }
                if (i < next) out += text[i++];
            }
        } else {
            if (text[i] != ' ') hide_next = false;
            out += text[i++];
        }
    }
    return out;
}

std::size_t FrameTrace::limits_max() {
    return limits::server_message_bytes_max;
}

FrameTrace::FrameTrace(const Plan& plan, Slice slice, UserIndex user, Time epoch,
                       std::string_view subprotocol, Links& links,
                       std::function<void(const std::string&)> line)
    : plan_(plan),
      slice_(slice),
      user_(user),
      epoch_(epoch),
      links_(links),
      line_(std::move(line)),
      now_(epoch) {
    auto binary = make_binary_codec();
    if (binary->subprotocol() != subprotocol) return;
    binary_ = std::move(binary);
    json_ = make_json_codec();
}

std::string FrameTrace::who(std::uint64_t token) const {
    const DeviceIndex device = Worker::device_of_dial(slice_, token);
    return device.value < plan_.devices && plan_.user_of(device) == user_ ? plan_.label(device) : "";
}

void FrameTrace::tell(const std::string& who, std::string_view what) {
    char time[32];
    std::snprintf(time, sizeof time, "%12.6f ", to_seconds(now_ - epoch_));
    line_(time + who + " " + std::string(what));
}

FrameTrace::Link* FrameTrace::find(LinkId link) {
    const auto found = open_.find(link.value);
    return found == open_.end() ? nullptr : &found->second;
}

void FrameTrace::dial(std::uint64_t token, std::uint32_t endpoint) {
    if (const std::string name = who(token); !name.empty())
        tell(name, "dials endpoint " + std::to_string(endpoint));
    links_.dial(token, endpoint);
}

void FrameTrace::opened(LinkId link, std::uint64_t token) {
    const std::string name = who(token);
    if (name.empty()) return;
    open_[link.value].who = name;
    tell(name, "connected");
}

void FrameTrace::dial_failed(std::uint64_t token, LinkEnd why, int detail) {
    if (const std::string user = who(token); !user.empty())
        tell(user, "not connected: " + std::string(name(why)) + " " + std::to_string(detail));
}

void FrameTrace::closed(LinkId link, LinkEnd why) {
    if (const Link* const known = find(link)) {
        tell(known->who, "ended: " + std::string(name(why)));
        open_.erase(link.value);
    }
}

void FrameTrace::close(LinkId link) {
    if (const Link* const known = find(link)) tell(known->who, "closes");
    links_.close(link);
}

void FrameTrace::abort(LinkId link) {
    if (const Link* const known = find(link)) tell(known->who, "cuts the connection");
    links_.abort(link);
}

void FrameTrace::send(LinkId link, const SharedBytes& frame) {
    if (Link* const known = find(link)) frames(*known, known->said, frame.view(), false);
    links_.send(link, frame);
}

void FrameTrace::received(LinkId link, std::string_view bytes) {
    if (Link* const known = find(link)) frames(*known, known->heard, bytes, true);
}

void FrameTrace::frames(Link& link, websocket::Reader& reader, std::string_view bytes, bool from_target) {
    std::string copy(bytes);  // the reader unmasks in place
    reader.set_input(copy);
    const std::string arrow = from_target ? "<- " : "-> ";
    while (true) {
        const auto event = reader.next();
        if (!event) return tell(link.who, arrow + "broken frame: " + event.error().why);
        if (event->kind == websocket::Event::Kind::need_more) return;
        std::string text = words(*event, from_target);
        if (text.size() > shown_bytes_max) {
            const std::string size = std::to_string(text.size());
            text.resize(shown_bytes_max);
            text += "... (" + size + " bytes)";
        }
        tell(link.who, arrow + text);
    }
}

std::string FrameTrace::words(const websocket::Event& event, bool from_target) {
    using Kind = websocket::Event::Kind;
    const std::string bytes = std::to_string(event.payload.size()) + " bytes";
    if (event.kind == Kind::ping) return "ping, " + bytes;
    if (event.kind == Kind::pong) return "pong, " + bytes;
    if (event.kind == Kind::close)
        return "close " + std::to_string(event.close_code) + " " + redacted(event.payload);
    if (!event.binary) return redacted(event.payload);
    std::string json;
    if (binary_ && from_target) {
        if (const auto message = binary_->decode_server(event.payload)) json_->encode(*message, json);
    } else if (binary_) {
        if (const auto message = binary_->decode_client(event.payload)) json_->encode(*message, json);
    }
    return json.empty() ? "binary, " + bytes : redacted(json);
}

}  // namespace hubbub
