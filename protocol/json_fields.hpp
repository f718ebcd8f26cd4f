// The fields of one JSON object of the protocol, found by name and read with their types and bounds.
// Owned by the codec, reused for every message; one thread.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub::json {

/// Every field that some message has. What is not listed is unknown and ignored.
enum class Field : std::uint8_t {
    type,
    conversation,
    number,
    body,
    sequence,
    user_short,
    device_short,
    id,
    at,
    key,
    ttl,
    user,
    from,
    head,
    code,
    beat,
    token,
    kind,
    limit,
    epoch,
    device,
    server,
    status,
    members,
    pending,
    entries,
    complete,
    definite,
    in_flight,
    retry_after,
    op,
    on,
    set,
    open,
    history,
    before,
    cursors,
    role,
    state,
    delivered,
    read,
    users,
    contacts,
    blocked,
    change,
    after,
    more,
    items,
    until,
    count,
    joined,
    age,
    last_seen,
    unknown,
};

/// gather(), then read field by field: the first wrong one is kept as the error and everything after it reads
/// as nothing, so that a reader checks ok() once, at its end. Views live as long as the parsed document.
class Fields {
  public:
    /// As new: no fields, no error.
    void reset();
    /// Finds the fields of the next object. Refuses what is no object, and a known field that stands twice.
    void gather(simdjson::dom::element value);
    /// How error texts call the object: the message's type.
    void set_context(std::string_view context) { context_ = context; }

    [[nodiscard]] bool has(Field field) const { return (present_ >> index(field) & 1U) != 0; }
    std::string_view text(Field field, std::size_t bytes_min, std::size_t bytes_max);
    /// 1 to `bytes_max` bytes without control characters: names are keys of stores and words of logs.
    std::string_view name(Field field, std::size_t bytes_max = limits::name_bytes_max);
    std::uint64_t number(Field field, std::uint64_t least, std::uint64_t most);
    std::uint32_t number32(Field field, std::uint32_t least = 0);
    bool flag(Field field);
    ConversationId conversation();
    /// Too many elements are too_large.
    simdjson::dom::array list(Field field, std::size_t elements_max);
    std::vector<std::string_view> names(Field field, std::size_t elements_max);

    /// What a refusal will name, once it has been read.
    void refuse_send(const ConversationId& conversation, WireNumber number);
    void refuse_request(RequestId id);

    [[nodiscard]] bool ok() const { return !failed_; }
    /// Keeps the first error only.
    void fail(ErrorCode code, std::string detail);
    void fail(Field field, std::string_view what);  ///< bad_message
    void adopt_error(Fields& inner);
    DecodeError take_error() { return std::move(error_); }

  private:
    static constexpr std::size_t index(Field field) { return static_cast<std::size_t>(field); }
    /// Null when missing or after an error.
    const simdjson::dom::element* find(Field field);
    void too_many(Field field, std::size_t found, std::size_t most, std::string_view of_what);

    std::array<simdjson::dom::element, static_cast<std::size_t>(Field::unknown)> values_;
    std::uint64_t present_ = 0;
    bool failed_ = false;
    std::string_view context_;
    DecodeError error_;
};

}  // namespace hubbub::json
