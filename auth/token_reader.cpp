#include "auth/token_reader.hpp"

#include <simdjson.h>

#include <algorithm>

#include "base/base64url.hpp"
#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"

namespace hubbub::auth {
namespace {

/// An object whose fields are known by name once each.
class StrictObject {
  public:
    static bool read(simdjson::dom::parser& parser, const std::string& text, StrictObject& out) {
        simdjson::dom::object object;
        if (parser.parse(text).get(object) != simdjson::SUCCESS) return false;
        for (const auto [name, value] : object) {
            const bool twice = std::ranges::any_of(
                out.fields_, [field = name](const auto& known) { return known.first == field; });
            if (twice || out.fields_.size() == fields_max) return false;
            out.fields_.emplace_back(name, value);
        }
        return true;
    }
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// Absent is fine, another type is not.
    bool text(std::string_view name, std::string& out, std::size_t bytes_max) const {
        const auto* const value = find(name);
        std::string_view found;
        if (!value) return true;
        if (value->get(found) != simdjson::SUCCESS || found.size() > bytes_max) return false;
        out = found;
        return true;
    }
    bool seconds(std::string_view name, std::int64_t& out) const {
        const auto* const value = find(name);
        if (!value) return true;
        // 0 stands for "not said" within, so it must not come from a token.
        return value->get(out) == simdjson::SUCCESS && out > 0 && out <= seconds_max;
    }
    bool texts(std::string_view name, std::vector<std::string>& out) const {
        const auto* const value = find(name);
        if (!value) return true;
        std::string_view one;
        if (value->get(one) == simdjson::SUCCESS) {
            out.emplace_back(one);
            return true;
        }
        simdjson::dom::array many;
        if (value->get(many) != simdjson::SUCCESS) return false;
        for (const auto element : many) {
            if (element.get(one) != simdjson::SUCCESS) return false;
            out.emplace_back(one);
        }
        return !out.empty();
    }

  private:
    // Bounds the comparison of every field with every other.
    static constexpr std::size_t fields_max = 64;
    // The year 9999: no sum with a leeway can overflow.
    static constexpr std::int64_t seconds_max = 253'402'300'799;

    [[nodiscard]] const simdjson::dom::element* find(std::string_view name) const {
        for (const auto& [known, value] : fields_)
            if (known == name) return &value;
        return nullptr;
    }
    std::vector<std::pair<std::string_view, simdjson::dom::element>> fields_;
};

bool read_header(const std::string& text, Header& header) {
    simdjson::dom::parser parser;
    StrictObject object;
    if (!StrictObject::read(parser, text, object)) return false;
    // RFC 7515 section 4.1.11: extensions that must be understood, and none is.
    if (object.has("crit")) return false;
    return object.text("alg", header.algorithm, limits::name_bytes_max) && !header.algorithm.empty() &&
           object.text("kid", header.key_id, limits::token_id_bytes_max);
}

bool read_claims(const std::string& text, Claims& claims) {
    simdjson::dom::parser parser;
    StrictObject object;
    return StrictObject::read(parser, text, object) &&
           object.text("sub", claims.subject, limits::name_bytes_max) &&
           object.text("iss", claims.issuer, limits::token_bytes_max) &&
           object.text("jti", claims.id, limits::token_id_bytes_max) &&
           object.texts("aud", claims.audience) && object.seconds("exp", claims.expires) &&
           object.seconds("nbf", claims.not_before) && object.seconds("iat", claims.issued) &&
           !claims.subject.empty() && claims.expires != 0;
}

}  // namespace

std::optional<Parts> read_token(std::string_view token) {
    if (token.size() > limits::token_bytes_max) return std::nullopt;
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto header = base64url_decode(token.substr(0, first));
    const auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
    const auto signature = base64url_decode(token.substr(second + 1));
    if (!header || !payload || !signature || signature->empty()) return std::nullopt;
    Parts parts;
    if (!read_header(*header, parts.header) || !read_claims(*payload, parts.claims)) return std::nullopt;
    return parts;
}

}  // namespace hubbub::auth
