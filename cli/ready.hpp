// A child's word to whoever started it: where it listens. Main thread.
#pragma once

#include <cstdint>

namespace hubbub::cli {

/// Writes "ready PORT\n" to the descriptor of --ready-fd and closes it; nothing for a negative one.
void tell_ready(int fd, std::uint16_t port);

}  // namespace hubbub::cli
