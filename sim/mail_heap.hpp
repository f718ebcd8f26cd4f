// The mails between simulated shards: each is delayed by a drawn moment, order between two shards is kept.
// Owned by the world; one thread.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "refserver/core/mail.hpp"

namespace hubbub::sim {

class MailHeap {
  public:
    MailHeap(Random random, Duration delay_max) : random_(random), delay_max_(delay_max) {}

    void post(ShardId from, ShardId to, ShardMail mail, Time now) {
        Time when = now;
        if (from != to) {
            when += Duration(static_cast<Duration::rep>(
                random_.below(static_cast<std::uint64_t>(delay_max_.count()) + 1)));
            Time& last = last_[{from.value, to.value}];
            last = when = std::max(when, last);
        }
        mails_.emplace(std::pair(when, order_++), Item{to, std::move(mail)});
    }
    [[nodiscard]] Time next_deadline() const { return mails_.empty() ? never : mails_.begin()->first.first; }
    /// Calls deliver(to, mail) for each mail due; those posted meanwhile for `now` too.
    template <class Deliver>
    void deliver_due(Time now, Deliver&& deliver) {
        while (next_deadline() <= now) {
            auto node = mails_.extract(mails_.begin());
            deliver(node.mapped().to, std::move(node.mapped().mail));
        }
    }
    void clear() { mails_.clear(); }

  private:
    struct Item {
        ShardId to;
        ShardMail mail;
    };
    Random random_;
    Duration delay_max_;
    std::map<std::pair<Time, std::uint64_t>, Item> mails_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Time> last_;
    std::uint64_t order_ = 0;
};

}  // namespace hubbub::sim
