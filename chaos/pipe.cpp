#include "chaos/pipe.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {
namespace {

// Moves the rest to the front when at least half is taken: amortized, a byte is moved once.
template <class T>
void drop_taken(std::vector<T>& items, std::size_t& taken) {
    if (taken < items.size() - taken) return;
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(taken));
    taken = 0;
}

}  // namespace

Pipe::Pipe(const LinkModel& model, Random random) : model_(model), random_(random) {
    HUBBUB_ASSERT(model.latency >= Duration::zero() && model.jitter >= Duration::zero(),
                  "a link cannot deliver before the sending");
}

void Pipe::run_through(ConnectionFaults& faults, FaultStream stream) {
    faults_ = &faults;
    stream_ = stream;
}

void Pipe::write(std::string_view bytes, Time now) {
    if (finished_ || bytes.empty()) return;
    if (!faults_) return lay(bytes, random_.chance(model_.slice_probability), now);
    faults_->write(stream_, bytes, now);
    take_from_faults(now);
}

void Pipe::finish(Time now) {
    if (finished_) return;
    finished_ = true;
    if (faults_) {
        faults_->end(stream_, Ending::finish, now);
        return take_from_faults(now);
    }
    forget_what_was_taken();
    put(0, true, now);
}

std::size_t Pipe::cut() {
    const std::size_t lost = bytes_inside();
    bytes_.clear();
    pieces_.clear();
    bytes_taken_ = pieces_taken_ = 0;
    finished_ = true;
    faults_ = nullptr;
    ending_at_ = never;
    return lost;
}

void Pipe::lay(std::string_view bytes, bool starts_a_read, Time now) {
    forget_what_was_taken();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    for (std::size_t left = bytes.size(); left > 0;) {
        const std::size_t size = next_slice(left);
        put(size, starts_a_read, now);
        starts_a_read = true;
        left -= size;
    }
}

void Pipe::take_from_faults(Time now) {
    FaultChain& chain = faults_->chain(stream_);
    for (;;) {
        const FaultChain::Out out = chain.front(now);
        if (out.nothing()) return;
        if (out.ending == Ending::finish) {
            forget_what_was_taken();
            put(0, true, now);
        } else if (out.ending != Ending::none) {
            ending_ = out.ending;
            ending_at_ = now;
        } else {
            lay({out.bytes.data(), out.bytes.size()}, true, now);
        }
        chain.consume(out.bytes.size());
    }
}

void Pipe::put(std::size_t size, bool starts_a_read, Time now) {
    pieces_.push_back({arrival(size, now), size, starts_a_read});
}

std::size_t Pipe::next_slice(std::size_t size) {
    if (size < 2 || !random_.chance(model_.slice_probability)) return size;
    return 1 + random_.below(size - 1);
}

// May lie before the arrival of the piece ahead, which then holds this one up: that is how order is kept.
Time Pipe::arrival(std::size_t size, Time now) {
    sender_free_ = std::max(sender_free_, now);
    if (model_.bytes_per_second > 0) {
        const std::uint64_t rate = model_.bytes_per_second;
        const std::uint64_t nanoseconds = (size * std::uint64_t{1'000'000'000} + rate - 1) / rate;
        sender_free_ += Duration(static_cast<Duration::rep>(nanoseconds));
    }
    const auto jitter = random_.below(static_cast<std::uint64_t>(model_.jitter.count()) + 1);
    return sender_free_ + model_.latency + Duration(static_cast<Duration::rep>(jitter));
}

Time Pipe::next_deadline() const {
    const Time due = pieces_taken_ == pieces_.size() ? never : pieces_[pieces_taken_].due;
    if (!faults_) return due;
    return std::min({due, faults_->chain(stream_).next_deadline(), ending_at_});
}

std::optional<std::span<char>> Pipe::pop_due(Time now) {
    if (faults_) take_from_faults(now);
    const auto is_due = [&] { return pieces_taken_ < pieces_.size() && pieces_[pieces_taken_].due <= now; };
    if (!is_due()) return std::nullopt;
    std::size_t size = pieces_[pieces_taken_++].size;
    while (is_due() && !pieces_[pieces_taken_].starts_a_read) size += pieces_[pieces_taken_++].size;
    const std::span<char> read(bytes_.data() + bytes_taken_, size);
    bytes_taken_ += size;
    return read;
}

void Pipe::forget_what_was_taken() {
    drop_taken(bytes_, bytes_taken_);
    drop_taken(pieces_, pieces_taken_);
}

}  // namespace hubbub
