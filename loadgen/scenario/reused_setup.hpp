// Users and conversations that are there already: the files of `target.setup.conversations: reuse`, which a
// run writes with --write-setup, or another system exports. docs/SCENARIOS.md has the format.
// Immutable after load; pure functions on text; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

struct ReusedSetup {
    struct Conversation {
        ConversationId id;
        ConversationClass kind = ConversationClass::group;
        std::uint32_t first_member = 0, member_count = 0;  ///< in members
        std::uint32_t line = 0;                            ///< in the file
    };
    std::vector<std::string> users;
    std::vector<std::string> tokens;  ///< by user; empty: the file has none. Never in a report
    std::vector<Conversation> conversations;
    std::vector<std::uint32_t> members;  ///< indices of users, rising within each conversation
    std::vector<std::uint32_t> by_name;  ///< indices of users, by rising names
    std::string conversations_file;      ///< for errors

    [[nodiscard]] std::optional<std::uint32_t> user_from(std::string_view name) const;
};

/// A file and its name, as errors call it.
struct NamedText {
    std::string name, text;
};
/// The first error of each file, as `file:line:column: what was expected`.
Result<ReusedSetup> parse_reused(const NamedText& users, const NamedText& conversations);

/// A field as it stands in the files.
std::string csv_field(std::string_view text);
inline constexpr std::string_view users_header = "user", users_header_with_tokens = "user,token",
                                  conversations_header = "id,class,members";

}  // namespace hubbub
