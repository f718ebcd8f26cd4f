// Assertions that stay on in release: a broken invariant must stop the program, not bend a verdict.
// Owned by nobody; any thread.
#pragma once

namespace hubbub {

/// Prints the place and the reason to stderr and aborts. For bugs only; expected failures are a Result.
[[noreturn]] void assertion_failed(const char* condition, const char* why, const char* file, int line);

}  // namespace hubbub

#define HUBBUB_ASSERT(condition, why) \
    ((condition) ? static_cast<void>(0) : ::hubbub::assertion_failed(#condition, why, __FILE__, __LINE__))
