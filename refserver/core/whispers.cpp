#include "refserver/core/whispers.hpp"

#include <algorithm>

namespace hubbub {

void Whispers::to_listeners(const ConversationId& conversation, const SharedBytes& frame,
                            std::string_view except_user) {
    if (!topics_.find(conversation)) return;
    if (wrongs_) wrongs_->told(conversation, frame, except_user);
    if (waiting_.size() >= limits::whispers_waiting_max) {
        context_.counters.whispers_dropped.add();
        return;
    }
    waiting_.push_back({conversation, frame, std::string(except_user)});
}

void Whispers::to_link(LinkId link, const SharedBytes& frame) {
    Connection* const connection = connections_.find(link);
    if (connection && connection->session) push(*connection, frame);
}

void Whispers::turn() {
    std::size_t left = limits::whispers_turn_recipients;
    while (!waiting_.empty() && left != 0) {
        left -= serve(waiting_.front(), left);
        // A whisper that is not through goes on in the next turn, before the others.
        if (left != 0) waiting_.pop_front();
    }
}

/// Slots are looked up anew: the topic may have been forgotten meanwhile, or have grown.
std::size_t Whispers::serve(Waiting& whisper, std::size_t most) {
    const auto topic = topics_.find(whisper.conversation);
    if (!topic) return 0;
    const auto& slots = topics_.at(*topic).slots;
    const std::size_t began = std::min(whisper.cursor, slots.size());
    const std::size_t end = std::min(slots.size(), began + most);
    for (whisper.cursor = began; whisper.cursor < end; ++whisper.cursor) {
        Connection* const connection = connections_.find(slots[whisper.cursor].link);
        if (connection && connection->session && connection->session->user != whisper.except_user)
            tell(*connection, whisper);
    }
    return end - began;
}

void Whispers::tell(Connection& connection, const Waiting& whisper) {
    if (!push(connection, whisper.frame) || !wrongs_) return;
    const SharedBytes wrong = wrongs_->behind(whisper.conversation, connection, whisper.frame);
    if (!wrong.empty()) push(connection, wrong);
}

bool Whispers::push(Connection& connection, const SharedBytes& frame) {
    if (!connections_.room_beside(connection, frame.size())) {
        context_.counters.whispers_dropped.add();
        return false;
    }
    context_.counters.whispers.add();
    connections_.send_unchecked(connection, frame);
    return true;
}

}  // namespace hubbub
