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

void write(const ClientMessage& message, std::string& out);
void write(const ServerMessage& message, std::string& out);

}  // namespace hubbub::json
