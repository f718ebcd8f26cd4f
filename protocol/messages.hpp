// Everything that client and server say to each other, as values; codecs turn them into bytes and back.
// Decoded messages borrow their strings from the codec's input or scratch: use them before the next decode.
// One thread.
#pragma once

#include <variant>

#include "protocol/messages_log.hpp"
#include "protocol/messages_people.hpp"

namespace hubbub {

using ClientMessage =
    std::variant<Hello, Resume, Send, Create, AddMembers, ReadHistory, Beat, Join, Leave, Kick, SetRole,
                 ListConversations, ListMembers, ListSessions, RevokeSession, RefreshToken, ChangeContact,
                 ListContacts, Receipt, Typing, React, ListReceipts, ListReactions, Watch, SetPresence>;
using ServerMessage =
    std::variant<Welcome, Resumed, Ack, Entry, Created, Added, HistoryPage, Rejected, Done, ConversationList,
                 MemberList, SessionList, ContactList, ReceiptList, ReactionList, Skipped, ReceiptNotice,
                 ReceiptCounts, TypingNotice, ReactionNotice, ReactionCounts, PresenceNotice>;

}  // namespace hubbub
