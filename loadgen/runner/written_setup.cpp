#include "loadgen/runner/written_setup.hpp"

#include <fstream>

#include "loadgen/scenario/reused_setup.hpp"
#include "protocol/messages.hpp"

namespace hubbub {
namespace {

Status write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return fail("--write-setup: " + path + " cannot be written");
    return {};
}

}  // namespace

Status write_setup(const Plan& plan, std::span<const ReadyConversation> ready, const std::string& folder) {
    std::string users = std::string(users_header) + "\n";
    for (std::uint32_t u = 0; u < plan.users; ++u) users += csv_field(plan.user_name(UserIndex{u})) + "\n";
    std::string conversations = std::string(conversations_header) + "\n";
    for (std::uint32_t c = 0; c < ready.size(); ++c) {
        conversations += to_string(ready[c].id) + "," + std::string(name(plan.conversations[c].kind));
        for (const UserIndex user : plan.members_of(ConversationIndex{c}))
            conversations += "," + csv_field(plan.user_name(user));
        conversations += "\n";
    }
    if (Status written = write(folder + "/users.csv", users); !written) return written;
    return write(folder + "/conversations.csv", conversations);
}

}  // namespace hubbub
