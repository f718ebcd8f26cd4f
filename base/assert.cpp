#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace hubbub {

void assertion_failed(const char* condition, const char* why, const char* file, int line) {
    std::fprintf(stderr, "hubbub: bug at %s:%d: %s (%s)\n", file, line, why, condition);
    std::abort();
}

}  // namespace hubbub
