// A shard of the harness and its links: what a client writes is what the shard reads.
// Owned by the World; one thread.
#pragma once

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {

/// A shard and its links.
struct World::Host final : Links {
    struct Pipe {
        LinkId link;
        Client* client = nullptr;
        std::deque<std::string> frames;
        std::size_t queued = 0;
        bool ending = false, aborted = false, gone = false;
    };
    std::vector<Pipe> pipes;  // by slot
    std::unique_ptr<Shard> shard;
    std::unique_ptr<World::Post> post;

    Pipe* find(LinkId link) {
        const auto slot = static_cast<std::size_t>(link.value & 0xffffffffU);
        return slot < pipes.size() && pipes[slot].link == link && !pipes[slot].gone ? &pipes[slot] : nullptr;
    }
    void send(LinkId link, const SharedBytes& frame) override {
        Pipe* const pipe = find(link);
        if (!pipe || pipe->ending) return;
        pipe->frames.emplace_back(frame.view());
        pipe->queued += frame.size();
    }
    [[nodiscard]] std::size_t queued_bytes(LinkId link) const override {
        const Pipe* const pipe = const_cast<Host*>(this)->find(link);
        return pipe ? pipe->queued : 0;
    }
    void close(LinkId link) override {
        if (Pipe* const pipe = find(link)) pipe->ending = true;
    }
    void abort(LinkId link) override {
        Pipe* const pipe = find(link);
        if (!pipe) return;
        pipe->ending = pipe->aborted = true;
        pipe->frames.clear();
        pipe->queued = 0;
    }
    void dial(std::uint64_t, std::uint32_t) override { FAIL() << "servers never dial"; }
    LinkId open(Client& client) {
        for (auto& pipe : pipes)
            if (pipe.gone) {
                pipe = Pipe{LinkId(pipe.link.value + (1ULL << 32)), &client, {}, 0, false, false, false};
                return pipe.link;
            }
        pipes.push_back({LinkId(pipes.size()), &client, {}, 0, false, false, false});
        return pipes.back().link;
    }
};

}  // namespace hubbub::testing
