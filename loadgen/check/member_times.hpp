// When a receiver was a member, for memberships that end and begin again: the log's own words, entry numbers.
// Owned by one worker's checker; the judge reads it after the run.
#pragma once

#include <vector>

#include "loadgen/check/stream_table.hpp"

namespace hubbub {

/// A finished time: entries first..last were its own, and these of them never came.
struct PastTime {
    Seq32 first = 0, last = 0;
    std::vector<SeqRange> missing;

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.first, self.last, self.missing);
    }
};

struct MemberTimes {
    std::vector<PastTime> past;  ///< in rising order
    Seq32 first = 0;             ///< of the time that goes on, or of the last one
    Seq32 last = 0;              ///< where that ended; 0: it goes on
    Seq32 joined = 0;      ///< let in again by this entry, as another device or the answer to `join` says
    bool untold = false;   ///< no resume has told this device that the time began
    bool strange = false;  ///< the time that goes on does not begin with the own `joined` entry

    /// Whether entry `q` was this receiver's to have.
    [[nodiscard]] bool covers(Seq32 q) const {
        for (const PastTime& time : past)
            if (time.first <= q && q <= time.last) return true;
        return first <= q && (last == 0 || q <= last);
    }

    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.past, self.first, self.last);
    }
};

}  // namespace hubbub
