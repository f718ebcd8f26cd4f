// Where something was written. A value; any thread.
#pragma once

#include <cstdint>

namespace hubbub {

/// Where in the file something was written, counted from 1; 0: built in code. Errors after the load name it.
struct Place {
    std::uint32_t line = 0, column = 0;
    std::uint32_t source = 0;  ///< index in Scenario::sources
};

}  // namespace hubbub
