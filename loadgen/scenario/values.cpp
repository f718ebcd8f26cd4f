// How the text of one scalar becomes a value: one case a type, and what each expects in words.
#include <algorithm>
#include <cmath>
#include <vector>

#include "loadgen/scenario/fault_reader.hpp"
#include "loadgen/scenario/keys.hpp"
#include "loadgen/scenario/slo.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

std::vector<std::string_view> split(std::string_view words) {
    std::vector<std::string_view> out;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find('|'), words.size());
        out.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return out;
}

bool contains(std::string_view words, std::string_view word) {
    const auto all = split(words);
    return std::find(all.begin(), all.end(), word) != all.end();
}

/// Names stand in paths, labels and metrics: a letter first, so that they are no list positions.
bool is_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto more = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !text.empty() && text.size() <= limits::name_bytes_max && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), more);
}

/// host:port, the host perhaps [v6].
bool is_address(std::string_view text, bool any_port) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || text.size() > 260) return false;
    const std::string_view host = text.substr(0, colon);
    if (host.find_first_of(" /?#@") != std::string_view::npos) return false;
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (!bracketed && host.find_first_of(":[]") != std::string_view::npos) return false;
    const auto port = parse_count(text.substr(colon + 1));
    return port && *port <= 65535 && (any_port || *port > 0) &&
           text.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

bool is_endpoint(std::string_view text) {
    const std::string_view scheme = text.starts_with("wss://") ? "wss://" : "ws://";
    if (!text.starts_with(scheme) || text.size() > 2048) return false;
    if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c == 0x7f; })) return false;
    text.remove_prefix(scheme.size());
    return is_address(text.substr(0, text.find('/')), false);
}

template <class T>
bool keep(const std::optional<T>& parsed, T& out) {
    if (parsed) out = *parsed;
    return parsed.has_value();
}

/// Fills the field that the type uses; false: not of the form.
bool parse_form(KeyType type, std::string_view text, Value& out) {
    switch (type) {
        case KeyType::text:
        case KeyType::secret:
            return text.size() <= 4096;
        case KeyType::name:
            return is_name(text);
        case KeyType::count:
            return keep(parse_count(text), out.count);
        case KeyType::bytes:
            return keep(parse_bytes(text), out.count);
        case KeyType::number:
            return keep(parse_number(text), out.number);
        case KeyType::share:
            return keep(parse_share(text), out.number);
        case KeyType::rate:
            return keep(parse_rate(text), out.number);
        case KeyType::rates:
            return keep(parse_rates(text), out.rates);
        case KeyType::duration:
            return keep(parse_duration(text), out.span);
        case KeyType::flag:
            out.flag = text == "true";
            return out.flag || text == "false";
        case KeyType::endpoint:
            return is_endpoint(text);
        case KeyType::address:
            return is_address(text, true);
        default:
            return false;
    }
}

std::string plain(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

/// Why the value is out of its bounds, or nothing.
std::string out_of_bounds(const Key& key, const Value& value) {
    switch (key.type) {
        case KeyType::count:
        case KeyType::bytes: {
            const auto count = static_cast<double>(value.count);
            if (count < key.low) return "must be at least " + plain(key.low);
            return count > key.high ? "must be at most " + plain(key.high) : "";
        }
        case KeyType::share:
            if (value.number < key.low) return "must be above 0%";
            return value.number > key.high ? "must be at most " + plain(key.high * 100) + "%" : "";
        case KeyType::number:
            if (value.number < key.low)
                return key.low < 0.001 ? "must be above 0" : "must be at least " + plain(key.low);
            return value.number > key.high ? "must be at most " + plain(key.high) : "";
        case KeyType::rate:
            if (value.number < key.low) return "must be above 0/s";
            return value.number > key.high ? "must be at most " + plain(key.high) + "/s" : "";
        case KeyType::rates: {
            const double most = std::max(value.rates.from, value.rates.to);
            if (most <= 0) return "must be above 0/s";
            return most > key.high ? "must be at most " + plain(key.high) + "/s" : "";
        }
        case KeyType::duration:
            if (to_seconds(value.span) < key.low) return "must be at least " + plain(key.low * 1000) + "ms";
            return value.span > limits::phase_length_max ? "must be at most 168h" : "";
        default:
            return "";
    }
}

Result<Value> parse_choice(const Key& key, std::string_view text) {
    if (contains(key.later_words, text))
        return fail("`" + std::string(text) + "` is not built in this version");
    if (!contains(key.words, text)) {
        const auto words = split(key.words);
        return fail(quoted(text) + ": expected " + expected(key) + did_you_mean(text, words));
    }
    Value value;
    value.text = text;
    return value;
}

}  // namespace

std::string expected(const Key& key) {
    switch (key.type) {
        case KeyType::map:
            return "a map";
        case KeyType::list:
            return "a list";
        case KeyType::text:
            return "a text";
        case KeyType::name:
            return "a name of letters, digits, - and _";
        case KeyType::count:
            return "a count such as 500, 12_000 or 50k";
        case KeyType::number:
            return "a number such as 1 or 1.2";
        case KeyType::share:
            return "a share such as 0.1% or 70%";
        case KeyType::duration:
            return "a duration such as 500ms, 30s, 5m or 1h";
        case KeyType::rate:
            return "a rate such as 500/s, 2k/s or 30/m";
        case KeyType::rates:
            return "a rate such as 2k/s or a ramp such as 100/s..2k/s";
        case KeyType::bytes:
            return "a size such as 120, 2KB or 2KiB";
        case KeyType::flag:
            return "true or false";
        case KeyType::endpoint:
            return "an endpoint such as ws://127.0.0.1:8080/chat";
        case KeyType::address:
            return "an address such as 127.0.0.1:9464";
        case KeyType::secret:
            return "a variable of the environment, such as \"${HUBBUB_JWT_SECRET}\"";
        case KeyType::slo:
            return "a sentence such as delivery.p99 < 500ms";
        case KeyType::network:
        case KeyType::deed:
            return std::string(fault_form(fault_place(key)));
        case KeyType::custom:
            return std::string(key.form);
        case KeyType::later:
            return "nothing: it is not built in this version";
        case KeyType::choice:
            break;
    }
    const auto words = split(key.words);
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

Result<Value> parse_value(const Key& key, std::string_view text) {
    if (key.type == KeyType::choice) return parse_choice(key, text);
    Value value;
    if (key.type == KeyType::slo) {
        auto slo = parse_slo(text);
        if (!slo.has_value()) return slo.error();
        value.slo = std::move(slo).value();
        return value;
    }
    if (key.type == KeyType::custom) {
        auto parsed = key.parse(text);
        if (!parsed) return fail(quoted(text) + ": expected " + expected(key));
        return std::move(*parsed);
    }
    value.text = text;
    if (!parse_form(key.type, text, value)) return fail(quoted(text) + ": expected " + expected(key));
    const std::string why = out_of_bounds(key, value);
    if (!why.empty()) return fail(quoted(text) + ": " + why);
    return value;
}

}  // namespace hubbub
