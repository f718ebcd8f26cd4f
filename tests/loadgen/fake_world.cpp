#include "fake_world.hpp"

#include <algorithm>

namespace hubbub::test {

class FakeWorld::Carrier final : public Links {
  public:
    Carrier(FakeWorld& world, std::size_t core) : world_(world), core_(core) {}

    void send(LinkId link, const SharedBytes& frame) override {
        Pipe* pipe = world_.pipes_.contains(link.value) ? &world_.pipes_[link.value] : nullptr;
        if (pipe == nullptr || !pipe->open) return;
        world_.at(world_.arrival(pipe->to_far), [this, id = link.value, bytes = std::string(frame.view())] {
            if (world_.pipes_.contains(id)) world_.far_end_->received(id, bytes);
        });
    }
    [[nodiscard]] std::size_t queued_bytes(LinkId) const override { return 0; }
    void close(LinkId link) override { end(link, true); }
    void abort(LinkId link) override { end(link, false); }
    void dial(std::uint64_t token, std::uint32_t endpoint) override {
        ++world_.dials;
        Time sent = world_.now_;
        world_.at(world_.arrival(sent), [this, token, endpoint] {
            const LinkEnd refused = world_.refuse_dial ? world_.refuse_dial(endpoint) : LinkEnd::closed_by_us;
            if (refused != LinkEnd::closed_by_us) return owner->dial_failed(token, refused, 0, world_.now_);
            const std::uint64_t id = ++world_.last_link_;
            world_.pipes_[id] = {core_, LinkId{id}, world_.now_, world_.now_, true};
            world_.far_end_->accepted(id);
            owner->opened(LinkId{id}, token, world_.now_);
        });
    }
    LinkOwner* owner = nullptr;

  private:
    void end(LinkId link, bool flush) {
        const auto pipe = world_.pipes_.find(link.value);
        if (pipe == world_.pipes_.end() || !pipe->second.open) return;
        pipe->second.open = false;
        const Time when = flush ? world_.arrival(pipe->second.to_far) : world_.now_;
        world_.at(when, [this, id = link.value] {
            world_.pipes_.erase(id);
            world_.far_end_->ended(id);
            owner->closed(LinkId{id}, LinkEnd::closed_by_us, world_.now_);
        });
    }
    FakeWorld& world_;
    std::size_t core_;
};

FakeWorld::FakeWorld(std::uint64_t seed, Duration delay_min, Duration delay_max)
    : random_(seed), delay_min_(delay_min), delay_max_(delay_max) {}

FakeWorld::~FakeWorld() = default;

Links& FakeWorld::links(std::size_t core) {
    while (carriers_.size() <= core) carriers_.push_back(std::make_unique<Carrier>(*this, carriers_.size()));
    return *carriers_[core];
}

void FakeWorld::serve(std::size_t core, LinkOwner& owner) {
    links(core);
    carriers_[core]->owner = &owner;
}

void FakeWorld::at(Time when, std::function<void()> what) {
    events_.emplace(std::pair(std::max(when, now_), ++serial_), std::move(what));
}

Time FakeWorld::arrival(Time& last) {
    const auto span = static_cast<std::uint64_t>((delay_max_ - delay_min_).count()) + 1;
    const Time when = now_ + delay_min_ + Duration(static_cast<Duration::rep>(random_.below(span)));
    last = std::max(last, when);  // a link keeps the order
    return last;
}

void FakeWorld::push(std::uint64_t link, std::string bytes) {
    const auto pipe = pipes_.find(link);
    if (pipe == pipes_.end() || !pipe->second.open) return;
    at(arrival(pipe->second.to_core), [this, link, bytes = std::move(bytes)] { deliver(link, bytes); });
}

void FakeWorld::deliver(std::uint64_t link, const std::string& bytes) {
    for (std::size_t from = 0; from < bytes.size();) {
        const auto pipe = pipes_.find(link);
        if (pipe == pipes_.end() || !pipe->second.open) return;
        std::string piece =
            bytes.substr(from, cut_reads_at == 0 ? bytes.size() : 1 + random_.below(cut_reads_at));
        from += piece.size();
        carriers_[pipe->second.core]->owner->received(LinkId{link}, piece, now_);
    }
}

void FakeWorld::cut(std::uint64_t link, LinkEnd why) {
    const auto pipe = pipes_.find(link);
    if (pipe == pipes_.end()) return;
    at(arrival(pipe->second.to_core), [this, link, why] {
        const auto found = pipes_.find(link);
        if (found == pipes_.end() || !found->second.open) return;
        const std::size_t core = found->second.core;
        pipes_.erase(found);
        far_end_->ended(link);
        carriers_[core]->owner->closed(LinkId{link}, why, now_);
    });
}

bool FakeWorld::run_until(const std::function<bool()>& done, Duration limit) {
    const Time end = now_ + limit;
    while (true) {
        for (const auto& carrier : carriers_)
            if (carrier->owner != nullptr) carrier->owner->turn(now_);
        if (done()) return true;
        Time next = events_.empty() ? never : events_.begin()->first.first;
        for (const auto& carrier : carriers_)
            if (carrier->owner != nullptr) next = std::min(next, carrier->owner->next_deadline());
        if (next == never || next > end) {
            now_ = end;
            return false;
        }
        now_ = std::max(next, now_ + std::chrono::nanoseconds{1});
        while (!events_.empty() && events_.begin()->first.first <= now_) {
            const auto what = std::move(events_.begin()->second);
            events_.erase(events_.begin());
            what();
        }
    }
}

void FakeWorld::run_for(Duration span) {
    static_cast<void>(run_until([] { return false; }, span));
}

}  // namespace hubbub::test
