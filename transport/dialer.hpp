// Starts outgoing TCP connections without waiting for them.
// Owned by a loop; its thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/links.hpp"
#include "transport/address.hpp"
#include "transport/descriptor.hpp"

namespace hubbub {

/// What a failed connection means to the one who dialed; errno is kept as the detail.
struct DialFailure {
    LinkEnd why{};
    int detail = 0;
};
DialFailure dial_failure_from(int error);

class Dialer {
  public:
    /// `sources`: addresses to dial from, in turn (each has its own 64,512 ports); empty: the kernel chooses.
    Dialer(std::vector<Endpoint> endpoints, std::vector<Address> sources, int send_buffer_bytes);

    [[nodiscard]] const Endpoint& endpoint(std::uint32_t index) const;
    /// A non-blocking socket that is connecting. When it becomes writable, finish() says what became of it.
    Result<Descriptor, DialFailure> start(std::uint32_t endpoint);
    /// 0, or the errno of the connection.
    static int finish(int fd);

  private:
    std::vector<Endpoint> endpoints_;
    std::vector<Address> sources_;
    int send_buffer_bytes_;
    std::size_t next_source_ = 0;
};

}  // namespace hubbub
