// Links without a carrier: what a core sends is counted and dropped.
// Owned by a benchmark; one thread.
#pragma once

#include <utility>
#include <vector>

#include "protocol/links.hpp"

namespace hubbub::bench {

/// The link of user `number`: its slot is the number.
inline LinkId link_of(std::uint32_t number) {
    return LinkId(std::uint64_t{1} << 32 | number);
}

/// Keeps the frames while `keep` is set.
class SwallowingLinks final : public Links {
  public:
    void send(LinkId link, const SharedBytes& frame) override {
        ++frames;
        bytes += frame.size();
        if (keep) kept.emplace_back(link, frame);
    }
    [[nodiscard]] std::size_t queued_bytes(LinkId) const override { return 0; }
    void close(LinkId) override {}
    void abort(LinkId) override {}
    void dial(std::uint64_t token, std::uint32_t) override { dialed.push_back(token); }

    std::uint64_t frames = 0, bytes = 0;
    bool keep = false;
    std::vector<std::pair<LinkId, SharedBytes>> kept;
    std::vector<std::uint64_t> dialed;
};

}  // namespace hubbub::bench
