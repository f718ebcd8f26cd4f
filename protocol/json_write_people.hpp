// The writers of json_write_people.cpp, for json_write.cpp alone.
// Pure functions; any thread.
#pragma once

#include "protocol/json_writer.hpp"
#include "protocol/messages.hpp"

namespace hubbub::json {

void write_one(Writer& w, const Join& join);
void write_one(Writer& w, const Leave& leave);
void write_one(Writer& w, const Kick& kick);
void write_one(Writer& w, const SetRole& set);
void write_one(Writer& w, const ListConversations& list);
void write_one(Writer& w, const ListMembers& list);
void write_one(Writer& w, const ListSessions& list);
void write_one(Writer& w, const RevokeSession& revoke);
void write_one(Writer& w, const RefreshToken& refresh);
void write_one(Writer& w, const ChangeContact& change);
void write_one(Writer& w, const ListContacts& list);
void write_one(Writer& w, const Receipt& receipt);
void write_one(Writer& w, const Typing& typing);
void write_one(Writer& w, const React& react);
void write_one(Writer& w, const ListReceipts& list);
void write_one(Writer& w, const ListReactions& list);
void write_one(Writer& w, const Watch& watch);
void write_one(Writer& w, const SetPresence& set);

void write_one(Writer& w, const Done& done);
void write_one(Writer& w, const ConversationList& list);
void write_one(Writer& w, const MemberList& list);
void write_one(Writer& w, const SessionList& list);
void write_one(Writer& w, const ContactList& list);
void write_one(Writer& w, const ReceiptList& list);
void write_one(Writer& w, const ReactionList& list);
void write_one(Writer& w, const Skipped& skipped);
void write_one(Writer& w, const ReceiptNotice& notice);
void write_one(Writer& w, const ReceiptCounts& counts);
void write_one(Writer& w, const TypingNotice& notice);
void write_one(Writer& w, const ReactionNotice& notice);
void write_one(Writer& w, const ReactionCounts& counts);
void write_one(Writer& w, const PresenceNotice& notice);

}  // namespace hubbub::json
