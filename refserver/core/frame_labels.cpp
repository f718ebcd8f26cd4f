#include "refserver/core/frame_labels.hpp"

#include <type_traits>

#include "base/assert.hpp"
#include "base/random.hpp"

namespace hubbub {
namespace {

bool is_message(std::string_view frame) {
    return (static_cast<unsigned char>(frame[0]) & 0x0FU) ==
           static_cast<unsigned char>(websocket::Opcode::text);
}

/// Parts of a key; a text is closed by a byte that no name and no UTF-8 holds.
void add(std::string& key, std::string_view text) {
    key.append(text);
    key += '\xff';
}
void add(std::string& key, std::uint64_t number) {
    add(key, std::to_string(number));
}
void add(std::string& key, const ConversationId& conversation) {
    key += to_string(conversation);
}

template <class... Parts>
std::string key_of(char kind, const Parts&... parts) {
    std::string key(1, kind);
    (add(key, parts), ...);
    return key;
}

// One overload a message that is not an answer: what is not named here is kept.
FrameLabel label(const Entry& m) {
    return {FrameClass::entry, m.conversation, m.sequence, m.kind == EntryKind::left};
}
FrameLabel label(const TypingNotice& m) {
    return {.what = FrameClass::notice, .key = key_of('t', m.conversation, m.user)};
}
FrameLabel label(const PresenceNotice& m) {
    return {.what = FrameClass::notice, .key = key_of('p', m.user)};
}
FrameLabel label(const ReceiptNotice& m) {
    return {.what = FrameClass::state, .key = key_of('r', m.conversation, m.user)};
}
FrameLabel label(const ReceiptCounts& m) {
    return {.what = FrameClass::state, .key = key_of('R', m.conversation, m.sequence)};
}
FrameLabel label(const ReactionNotice& m) {
    return {.what = FrameClass::state, .key = key_of('x', m.conversation, m.target, m.user, m.body)};
}
FrameLabel label(const ReactionCounts& m) {
    return {.what = FrameClass::state, .key = key_of('X', m.conversation)};
}
template <class Answer>
FrameLabel label(const Answer&) {
    return {};
}

}  // namespace

const FrameLabel& FrameLabels::of(const SharedBytes& frame) {
    static const FrameLabel kept;
    if (!is_message(frame.view())) return kept;
    if (!known_) known_ = std::make_unique<std::array<Known, known_max>>();
    const auto address = reinterpret_cast<std::uintptr_t>(frame.view().data());
    Known& known = (*known_)[mix64(address) % known_max];
    if (!known.frame.empty() && known.frame.view().data() == frame.view().data()) return known.label;
    FrameLabel label = read(frame);
    // Answers go to one reader only, and may be large: they are not held on to.
    if (label.what == FrameClass::kept) return kept;
    known = {frame, std::move(label)};
    return known.label;
}

FrameLabel FrameLabels::read(const SharedBytes& frame) {
    const auto message = context_.message_of(frame);
    HUBBUB_ASSERT(message.has_value(), "the server reads what it wrote");
    return std::visit([](const auto& m) { return label(m); }, *message);
}

}  // namespace hubbub
