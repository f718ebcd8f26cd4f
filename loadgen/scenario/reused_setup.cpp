#include "loadgen/scenario/reused_setup.hpp"

#include <algorithm>
#include <numeric>

#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/trace_file.hpp"
#include "protocol/codec.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"

namespace hubbub {
namespace {

/// The fields of a file, line by line (RFC 4180, without line breaks inside of fields).
class CsvReader {
  public:
    explicit CsvReader(const NamedText& file) : name_(file.name), text_(file.text) {}

    /// The next line; false: there is none.
    bool next_line() {
        if (text_.empty()) return false;
        const std::size_t end = std::min(text_.find('\n'), text_.size());
        rest_ = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        if (rest_.ends_with('\r')) rest_.remove_suffix(1);
        ++line_;
        column_ = next_column_ = 1;
        more_ = true;
        return true;
    }
    [[nodiscard]] std::string_view whole_line() const { return rest_; }
    [[nodiscard]] bool more() const { return more_; }
    /// The next field of the line; nothing: a quote that does not end, or stands in the middle.
    std::optional<std::string> field() {
        column_ = next_column_;
        std::string out;
        std::size_t at = 0;
        if (rest_.starts_with('"')) {
            for (at = 1;; ++at) {
                if (at >= rest_.size()) return std::nullopt;
                if (rest_[at] == '"' && !rest_.substr(at + 1).starts_with('"')) break;
                if (rest_[at] == '"') ++at;
                out += rest_[at];
            }
            ++at;
            if (at < rest_.size() && rest_[at] != ',') return std::nullopt;
        } else {
            at = std::min(rest_.find(','), rest_.size());
            out = rest_.substr(0, at);
            if (out.find('"') != std::string::npos) return std::nullopt;
        }
        more_ = at < rest_.size();
        rest_.remove_prefix(std::min(at + 1, rest_.size()));
        next_column_ = column_ + at + 1;
        return out;
    }
    [[nodiscard]] std::uint32_t line() const { return line_; }
    [[nodiscard]] Error error(const std::string& what) const {
        return fail(name_ + ":" + std::to_string(line_) + ":" + std::to_string(column_) + ": " + what);
    }
    [[nodiscard]] Error header_error(const std::string& what) const { return fail(name_ + ":1:1: " + what); }

  private:
    const std::string& name_;
    std::string_view text_, rest_;
    std::uint32_t line_ = 0;
    std::size_t column_ = 1, next_column_ = 1;
    bool more_ = false;
};

const char* const broken_field = "expected a field such as ann or \"ann, the second\"";

bool is_name(std::string_view text) {
    Utf8Checker utf8;
    return !text.empty() && text.size() <= limits::name_bytes_max && utf8.feed(text) && utf8.complete() &&
           std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::optional<ConversationClass> class_from(std::string_view text) {
    for (const auto kind : {ConversationClass::direct, ConversationClass::group, ConversationClass::channel})
        if (name(kind) == text) return kind;
    return std::nullopt;
}

std::optional<Error> too_long(const NamedText& file) {
    if (file.text.size() <= trace_bytes_max) return std::nullopt;
    return fail(file.name + ":1:1: longer than " + std::to_string(trace_bytes_max >> 20) + " MiB");
}

std::optional<Error> read_users(const NamedText& file, ReusedSetup& out) {
    if (auto error = too_long(file)) return error;
    CsvReader in(file);
    const bool any = in.next_line();
    const bool with_tokens = any && in.whole_line() == users_header_with_tokens;
    if (!any || (!with_tokens && in.whole_line() != users_header))
        return in.header_error("expected the header user or user,token");
    while (in.next_line()) {
        const auto user = in.field();
        if (!user) return in.error(broken_field);
        if (!is_name(*user)) return in.error("expected a user's name of 1 to 64 bytes, not " + quoted(*user));
        out.users.push_back(*user);
        if (with_tokens) {
            if (!in.more()) return in.error("expected a token behind the user's name");
            auto token = in.field();
            if (!token || token->empty()) return in.error("expected a token");  // never shown
            out.tokens.push_back(std::move(*token));
        }
        if (in.more()) return in.error("a field too many");
    }
    if (out.users.empty()) return in.header_error("a file without users");
    out.by_name.resize(out.users.size());
    std::iota(out.by_name.begin(), out.by_name.end(), 0U);
    const auto name_of = [&](std::uint32_t user) -> const std::string& { return out.users[user]; };
    std::stable_sort(out.by_name.begin(), out.by_name.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return name_of(a) < name_of(b); });
    const auto twice =
        std::adjacent_find(out.by_name.begin(), out.by_name.end(),
                           [&](std::uint32_t a, std::uint32_t b) { return name_of(a) == name_of(b); });
    if (twice != out.by_name.end())
        return fail(file.name + ":" + std::to_string(*(twice + 1) + 2) + ":1: user " +
                    quoted(name_of(*twice)) + " stands in line " + std::to_string(*twice + 2) + " already");
    return std::nullopt;
}

/// The rest of the line.
std::optional<Error> read_members(CsvReader& in, ReusedSetup& out, ReusedSetup::Conversation& one) {
    while (in.more()) {
        const auto user = in.field();
        if (!user) return in.error(broken_field);
        const auto index = out.user_from(*user);
        if (!index) return in.error("user " + quoted(*user) + " is not in the file of users");
        out.members.push_back(*index);
    }
    const auto first = out.members.begin() + one.first_member;
    std::sort(first, out.members.end());
    const auto twice = std::adjacent_find(first, out.members.end());
    if (twice != out.members.end())
        return in.error("user " + quoted(out.users[*twice]) + " is a member twice");
    one.member_count = static_cast<std::uint32_t>(out.members.end() - first);
    if (one.member_count == 0) return in.error("expected members behind the class");
    if (one.member_count > limits::conversation_members_max)
        return in.error("more than " + std::to_string(limits::conversation_members_max) + " members");
    if (one.kind == ConversationClass::direct && one.member_count != 2)
        return in.error("a direct conversation has 2 members, not " + std::to_string(one.member_count));
    return std::nullopt;
}

std::optional<Error> read_conversations(const NamedText& file, ReusedSetup& out) {
    if (auto error = too_long(file)) return error;
    CsvReader in(file);
    if (!in.next_line() || in.whole_line() != conversations_header)
        return in.header_error("expected the header id,class,members");
    while (in.next_line()) {
        ReusedSetup::Conversation one;
        one.line = in.line();
        one.first_member = static_cast<std::uint32_t>(out.members.size());
        const auto id = in.field();
        if (!id || !parse_conversation_id(*id, one.id))
            return in.error("expected a conversation's id of 22 characters, such as AAAAAAAAAAAAAAAAAAAAAQ");
        const auto kind_text = in.more() ? in.field() : std::nullopt;
        const auto kind = kind_text ? class_from(*kind_text) : std::nullopt;
        if (!kind) return in.error("expected direct, group or channel behind the id");
        one.kind = *kind;
        if (auto error = read_members(in, out, one)) return error;
        out.conversations.push_back(one);
    }
    if (out.conversations.empty()) return in.header_error("a file without conversations");
    std::vector<const ReusedSetup::Conversation*> by_id;
    for (const auto& one : out.conversations) by_id.push_back(&one);
    std::stable_sort(by_id.begin(), by_id.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    for (std::size_t i = 1; i < by_id.size(); ++i)
        if (by_id[i - 1]->id == by_id[i]->id)
            return fail(file.name + ":" + std::to_string(by_id[i]->line) + ":1: conversation " +
                        to_string(by_id[i]->id) + " stands in line " + std::to_string(by_id[i - 1]->line) +
                        " already");
    return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> ReusedSetup::user_from(std::string_view name) const {
    const auto found =
        std::lower_bound(by_name.begin(), by_name.end(), name,
                         [this](std::uint32_t user, std::string_view text) { return users[user] < text; });
    return found != by_name.end() && users[*found] == name ? std::optional(*found) : std::nullopt;
}

Result<ReusedSetup> parse_reused(const NamedText& users, const NamedText& conversations) {
    ReusedSetup out;
    if (auto error = read_users(users, out)) return *error;
    if (auto error = read_conversations(conversations, out)) return *error;
    out.conversations_file = conversations.name;
    return out;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

}  // namespace hubbub
