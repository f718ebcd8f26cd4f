// What sessions hear beside the log: receipts, typing, reactions. It has no place in a stream, may be dropped
// when there is too much of it, and never cuts a slow reader. Owned by the session side; its thread only.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "refserver/core/connection.hpp"
#include "refserver/core/topics.hpp"
#include "refserver/core/whisper_sabotage.hpp"

namespace hubbub {

class Whispers {
  public:
    Whispers(ShardContext& context, Connections& connections, Topics& topics, Saboteur* saboteur)
        : context_(context), connections_(connections), topics_(topics) {
        if (saboteur != nullptr) wrongs_ = std::make_unique<WhisperSabotage>(context, *saboteur, connections);
    }

    /// To every subscriber of the conversation here, except sessions of `except_user` (empty: nobody).
    void to_listeners(const ConversationId& conversation, const SharedBytes& frame,
                      std::string_view except_user);
    /// To one session, if it is still there.
    void to_link(LinkId link, const SharedBytes& frame);
    void turn();
    [[nodiscard]] Time next_deadline() const { return waiting_.empty() ? never : context_.now; }

  private:
    struct Waiting {
        ConversationId conversation;
        SharedBytes frame;
        std::string except_user;
        std::size_t cursor = 0;  ///< slots before it have heard it
    };
    std::size_t serve(Waiting& whisper, std::size_t most);
    void tell(Connection& connection, const Waiting& whisper);
    bool push(Connection& connection, const SharedBytes& frame);

    ShardContext& context_;
    Connections& connections_;
    Topics& topics_;
    std::deque<Waiting> waiting_;
    std::unique_ptr<WhisperSabotage> wrongs_;  ///< null: an honest server
};

}  // namespace hubbub
