#include "cli/ready.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace hubbub::cli {

void tell_ready(int fd, std::uint16_t port) {
    if (fd < 0) return;
    const std::string line = "ready " + std::to_string(port) + "\n";
    if (write(fd, line.data(), line.size()) < 0) std::perror("hubbub: --ready-fd");
    close(fd);
}

}  // namespace hubbub::cli
