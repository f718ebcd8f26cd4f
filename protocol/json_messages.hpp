// The shapes of hubbub.v1.json: what each message's object holds, in both directions (docs/PROTOCOL.md).
// Pure functions over a parsed object or an output string; any thread.
#pragma once

#include <string>

#include "protocol/json_fields.hpp"
#include "protocol/messages.hpp"

namespace hubbub::json {

/// After fields.gather(); the result counts only while fields.ok().
ClientMessage read_client(Fields& fields);
ServerMessage read_server(Fields& fields);

/// The types that read_client and read_server do not know themselves: people and conversations.
ClientMessage read_client_people(Fields& fields, std::string_view type);
ServerMessage read_server_people(Fields& fields, std::string_view type);

// ---- words that several messages share
RequestId read_request_id(Fields& fields);
ConversationClass read_class(Fields& fields);
MemberRole read_role(Fields& fields);
PresenceState read_state(Fields& fields);
/// `op` and `on`, both absent for a plain text.
void read_op(Fields& fields, SendOp& op, Sequence& target);
ContactChange read_change(Fields& fields);

void write(const ClientMessage& message, std::string& out);
void write(const ServerMessage& message, std::string& out);

}  // namespace hubbub::json
