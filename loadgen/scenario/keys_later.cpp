// The table, last part: what belongs to the language and is not built. It is refused by name, never ignored.
// A part that builds a key may leave its line here: the built one counts.
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

// One a line, so that those who build them do not meet.
// clang-format off
const Key table[] = {
    {.path = "report.files"},
    {.path = "report.baseline"},
    {.path = "behaviors.*.send.process"},
};
// clang-format on

}  // namespace

KeyPart later_keys() {
    return {table};
}

}  // namespace hubbub
