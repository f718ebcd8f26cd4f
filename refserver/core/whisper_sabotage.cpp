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
    const SharedBytes receipt = false_receipt(conversation, connection, frame);
    return receipt.empty() ? invented_reaction(conversation, connection, frame) : receipt;
}

SharedBytes WhisperSabotage::false_receipt(const ConversationId& conversation, const Connection& connection,
                                           const SharedBytes& frame) {
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
        tell(kind, conversation, wrong.delivered, honest->user, connection);
        return context_.frame_of(wrong);
    }
    return {};
}

SharedBytes WhisperSabotage::invented_reaction(const ConversationId& conversation,
                                               const Connection& connection, const SharedBytes& frame) {
    constexpr Kind kind = Kind::reaction_invented;
    if (!saboteur_.wants(kind, conversation, context_.now)) return {};
    auto decoded = context_.message_of(frame);
    if (decoded.has_error()) return {};
    if (auto* const notice = std::get_if<ReactionNotice>(&*decoded)) {
        // Of the same user: who reacts to an entry does so in one way.
        notice->body = notice->body == "ok" ? "\U0001F44D" : "ok";
        tell(kind, conversation, notice->target, notice->user, connection);
        return context_.frame_of(*notice);
    }
    if (auto* const counts = std::get_if<ReactionCounts>(&*decoded); counts && !counts->items.empty()) {
        counts->items.resize(1);
        counts->items.front().count += too_far;
        tell(kind, conversation, counts->items.front().target, {}, connection);
        return context_.frame_of(*counts);
    }
    return {};
}

void WhisperSabotage::tell(Kind kind, const ConversationId& conversation, Sequence sequence,
                           std::string_view about, const Connection& victim) {
    saboteur_.tell({.kind = kind,
                    .conversation = conversation,
                    .sequence = sequence,
                    .user = std::string(about),
                    .device = {},
                    .victim_user = victim.session->user,
                    .victim_device = victim.session->device},
                   context_.now);
}

}  // namespace hubbub
