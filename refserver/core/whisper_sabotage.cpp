#include "refserver/core/whisper_sabotage.hpp"

#include <algorithm>

#include "refserver/core/victims.hpp"

namespace hubbub {
namespace {

using Kind = SabotageKind;

// Further than any run reads, so that nobody comes to have read it after all.
constexpr Sequence too_far = 1'000'000;

}  // namespace

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

SharedBytes WhisperSabotage::behind(const ConversationId& conversation, const Connection& connection,
                                    const SharedBytes& frame) {
    // Who is not settled yet cannot know what to make of it.
    if (connection.session->resumption) return {};
    for (const Kind kind : {Kind::receipt_backwards, Kind::receipt_too_high}) {
        if (!saboteur_.wants(kind, conversation, context_.now)) continue;
        const auto decoded = context_.message_of(frame);
        if (decoded.has_error()) return {};
        const auto* const honest = std::get_if<ReceiptNotice>(&*decoded);
        if (honest == nullptr || honest->delivered == 0) return {};
        ReceiptNotice wrong = *honest;
        if (kind == Kind::receipt_backwards) {
            wrong.delivered -= 1;
            wrong.read = std::min(wrong.read, wrong.delivered);
        } else {
            wrong.delivered += too_far;
            wrong.read += too_far;
        }
        saboteur_.tell({.kind = kind,
                        .conversation = conversation,
                        .sequence = wrong.delivered,
                        .user = std::string(honest->user),
                        .device = {},
                        .victim_user = connection.session->user,
                        .victim_device = connection.session->device},
                       context_.now);
        return context_.frame_of(wrong);
    }
    return {};
}

}  // namespace hubbub
