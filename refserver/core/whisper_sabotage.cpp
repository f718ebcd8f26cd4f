#include "refserver/core/whisper_sabotage.hpp"

#include "refserver/core/victims.hpp"

namespace hubbub {

void WhisperSabotage::told(const ConversationId& conversation, const SharedBytes& frame,
                           std::string_view about) {
    constexpr SabotageKind kind = SabotageKind::typing_leak;
    const auto message = context_.message_of(frame);
    if (message.has_error() || !std::holds_alternative<TypingNotice>(*message) ||
        !saboteur_.wants(kind, conversation, context_.now))
        return;
    Connection* const stranger = stranger_to(conversation, kind, context_, saboteur_, connections_);
    if (stranger == nullptr) return;
    saboteur_.tell({.kind = kind,
                    .conversation = conversation,
                    .user = std::string(about),
                    .device = {},
                    .victim_user = stranger->session->user,
                    .victim_device = stranger->session->device},
                   context_.now);
    connections_.send(*stranger, frame);
}

}  // namespace hubbub
