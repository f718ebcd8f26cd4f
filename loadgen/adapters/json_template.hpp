// What a client says, as a JSON text with {variables}: {body} outside of quotes is the whole value,
// "room-{run}" inside of quotes is a part of one. A value, immutable once compiled; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hubbub {

enum class Variable : std::uint8_t {
    user,
    device,
    room,
    body,
    key,
    kind,
    ref,
    conversation,
    run,
    number,
    after,
    from,
    to,
    limit,
    request,
    members,
};

/// The values of one saying; what a template does not use may stay empty.
struct VariableValues {
    std::string_view user, device, room, body, key, kind, ref;
    std::uint64_t conversation = 0, run = 0, number = 0, after = 0, from = 0, to = 0, limit = 0, request = 0;
    std::span<const std::string_view> members;
};

class JsonTemplate {
  public:
    /// The text must be JSON once its variables are filled in; `allowed`: those that have a value where it is
    /// said.
    static Result<JsonTemplate> compile(std::string_view text, std::span<const Variable> allowed);
    /// The same for a plain text such as a room's name.
    static Result<JsonTemplate> compile_text(std::string_view text, std::span<const Variable> allowed);

    void append(const VariableValues& values, std::string& out) const;
    [[nodiscard]] bool uses(Variable variable) const;

  private:
    enum class How : std::uint8_t { literal, value, inside, plain };
    struct Part {
        How how = How::literal;
        Variable variable{};
        std::string literal;
    };
    static Result<JsonTemplate> split(std::string_view text, std::span<const Variable> allowed, bool json);

    std::vector<Part> parts_;
};

}  // namespace hubbub
