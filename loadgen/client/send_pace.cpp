#include "loadgen/client/send_pace.hpp"

#include <algorithm>

namespace hubbub {

SendPace::SendPace(StreamIndex refused, Time next, Time now)
    : first_(refused), next_(next), between_(std::clamp<Duration>(next - now, no_limit_below, longest)) {}

void SendPace::refused(StreamIndex stream, Time next) {
    all_ = all_ || stream != first_;
    next_ = std::max(next_, next);
    tried_at_ = never;
    too_many_ = true;
    row_ = 0;
}

void SendPace::sent(Time now) {
    tried_at_ = now;
}

void SendPace::acked() {
    if (tried_at_ == never) return;  // it left before anything was refused
    if (too_many_) {
        // Between the last two that were taken another one was too many: so far apart they must be.
        if (taken_at_ != never && tried_at_ - taken_at_ <= longest) between_ = tried_at_ - taken_at_;
    } else if (++row_ >= row_before_faster) {
        row_ = 0;
        between_ -= between_ / 8;
    }
    too_many_ = false;
    taken_at_ = tried_at_;
    next_ = std::max(next_, tried_at_ + between_);
    tried_at_ = never;
}

}  // namespace hubbub
