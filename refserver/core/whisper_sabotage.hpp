// The wrongs of what is said beside the log. Exists only under a sabotage plan. Owned by the Whispers; their
// thread only. The acts are named as in docs/SABOTAGE.md.
#pragma once

#include "refserver/core/connection.hpp"
#include "refserver/core/saboteur.hpp"

namespace hubbub {

class WhisperSabotage {
  public:
    WhisperSabotage(ShardContext& context, Saboteur& saboteur, Connections& connections)
        : context_(context), saboteur_(saboteur), connections_(connections) {}

    /// A frame that is about to be told to the listeners; `about`: the user that it is about.
    void told(const ConversationId& conversation, const SharedBytes& frame, std::string_view about);
    /// What this device is to hear right behind an honest frame; empty: nothing.
    SharedBytes behind(const ConversationId& conversation, const Connection& connection,
                       const SharedBytes& frame);

  private:
    /// What is said of `honest` wrongly; empty: nothing.
    SharedBytes false_receipt(const ConversationId& conversation, const Connection& connection,
                              const SharedBytes& honest);
    SharedBytes invented_reaction(const ConversationId& conversation, const Connection& connection,
                                  const SharedBytes& honest);
    void tell(SabotageKind kind, const ConversationId& conversation, Sequence sequence,
              std::string_view about, const Connection& victim);

    ShardContext& context_;
    Saboteur& saboteur_;
    Connections& connections_;
};

}  // namespace hubbub
